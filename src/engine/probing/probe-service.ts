import path from "node:path";
import type { Dataset } from "../../data/datasets/dataset.ts";
import { labelOf, openDataset } from "../../data/datasets/open.ts";
import { exportProbeResult } from "../../experiment/probes/export.ts";
import { resize } from "../../data/image/resize.ts";
import type { Preprocessing } from "../../data/image/preprocessing.ts";
import { Network } from "../../methods/network.ts";
import { defaultSites, poolings } from "../../methods/probing/activations.ts";
import { countsOf } from "../../methods/probing/chart.ts";
import { withRandomWeights } from "../../methods/probing/random-weights.ts";
import {
  inputSite,
  probeLayers,
  type ProbeLayersContext,
  type ProbeLayersOutcome,
} from "../../methods/probing/probe-layers.ts";
import type { EngineSettings } from "../../protocol/engine.ts";
import type {
  DataCard,
  DataParams,
  DataPicture,
  PictureParams,
  ProbeEvent,
  ProbeExportParams,
  ProbeOptions,
  ProbeOutcome,
  ProbeParams,
  ProbeProvenance,
  ProbeResult,
} from "../../protocol/probing.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { probeExperiment } from "../experiments/experiment-text.ts";
import type { OpenModel, OpenModels } from "../models/open-network.ts";
import { hashBytes } from "../models/file-hash.ts";
import type { PreprocessingChoices } from "../preprocessing-choice.ts";
import { version } from "../version.ts";
import { ActivationCache } from "./activation-cache.ts";
import { Curvatures } from "./curvatures.ts";
import { collect, tapsOf, type TapWanted } from "./collect.ts";
import { PointStore } from "./point-store.ts";
import { probeCommand } from "./probe-command.ts";
import { modelSamples } from "./samples.ts";
import { chooseSplit } from "./split-choice.ts";

const keptResults = 16;
/** Of the memory budget, what Gram matrices and factors may keep between questions. */
const curvatureShare = 0.25;

/** Everything that the engine can be asked about probes. */
export class ProbeService {
  readonly #settings: EngineSettings;
  readonly #runtime: Promise<Runtime>;
  readonly #models: OpenModels;
  readonly #choices: PreprocessingChoices;
  readonly #activations: ActivationCache;
  readonly #points: PointStore;
  readonly #curvatures: Curvatures;
  /** By job, to be exported. */
  readonly #results = new Map<string, ProbeResult>();
  /** The dataset last asked for: labels, pictures and probes are asked one after the other. */
  #dataset: Dataset | undefined;
  /** The random-weights control last used, with its compiled programs. */
  #randomWeights: Network | undefined;

  constructor(settings: EngineSettings, runtime: Promise<Runtime>, models: OpenModels, choices: PreprocessingChoices) {
    this.#curvatures = new Curvatures(settings.memoryBudgetBytes * curvatureShare);
    this.#settings = settings;
    this.#runtime = runtime;
    this.#models = models;
    this.#choices = choices;
    this.#activations = new ActivationCache(path.join(settings.cacheFolder, "activations"));
    this.#points = new PointStore(path.join(settings.cacheFolder, "probes"));
  }

  async describe({ model, data }: DataParams): Promise<DataCard> {
    const { network } = await this.#models.open(model);
    const dataset = this.#open(data, true);
    const { reference, title, description, hash, count } = dataset;
    const rows = Int32Array.from({ length: count }, (_, row) => row);
    return {
      reference,
      title,
      description,
      sha256: hash,
      count,
      pictures: dataset.samples.kind === "pictures",
      labels: [...dataset.labels.values()].map(({ name, classes, values }) => ({
        name,
        classes,
        counts: countsOf(values, rows, classes.length),
      })),
      usualSites: defaultSites(network).map(({ name }) => name),
    };
  }

  async picture({ data, row, side }: PictureParams): Promise<DataPicture | null> {
    const { samples, count } = this.#open(data, false);
    if (samples.kind !== "pictures") return null;
    if (!Number.isInteger(row) || row < 0 || row >= count)
      throw new GlassboxError("input", `there is no row ${row} of ${count}`);
    const longest = Math.min(512, Math.max(16, Math.round(side)));
    const whole = samples.read(row, { width: longest, height: longest });
    const scale = longest / Math.max(whole.width, whole.height);
    const small =
      scale < 1
        ? resize(
            whole,
            {
              width: Math.max(1, Math.round(whole.width * scale)),
              height: Math.max(1, Math.round(whole.height * scale)),
            },
            "bilinear",
          )
        : whole;
    return { width: small.width, height: small.height, rgb: Uint8Array.from(small.data) };
  }

  /** The result of a job, or what is known of it so far. */
  export({ job, format }: ProbeExportParams): Uint8Array {
    const result = this.#results.get(job);
    if (result === undefined)
      throw new GlassboxError("input", "this result is no longer in the engine", {
        hint: "Run it again: it comes from the cache.",
      });
    return exportProbeResult(format, result);
  }

  async run(params: ProbeParams, emit: (event: ProbeEvent) => void, cancelled: () => boolean): Promise<ProbeOutcome> {
    const options = checkOptions(params.options);
    const model = await this.#models.open(params.model);
    const { network } = model;
    const dataset = this.#open(params.data, true);
    const label = labelOf(dataset, params.label);
    const sites = params.sites?.length ? inOrder(network, params.sites) : defaultSites(network).map(({ name }) => name);
    const { task, facts } = chooseSplit(dataset, label, options);
    const preprocessing =
      dataset.samples.kind === "pictures" ? await this.#preprocessing(model, dataset, params.preprocessing) : undefined;
    const samples = modelSamples(model, dataset, preprocessing);
    const effective = { ...options, raw: options.raw && samples.raw !== undefined };
    const provenance = await this.#provenance(params, model, dataset, label.name, sites, effective, preprocessing);
    const command = params.preprocessing ? JSON.stringify(withoutReason(params.preprocessing)) : undefined;
    const experiment = probeExperiment(params.model, dataset.reference, label.name, sites, options, preprocessing);
    const code = { cli: probeCommand(params, dataset.reference, label.name, sites, command), experiment };
    const sign = ({ data, certificate }: ProbeLayersOutcome): ProbeResult =>
      this.#keep(params.job, { data, certificate, provenance, code });

    const stored = this.#points.get(provenance);
    const known = stored
      .filter(({ site }) => sites.includes(site) || site === inputSite)
      .map((point) => ({ ...point, depth: sites.indexOf(point.site) }));
    const runtime = await this.#runtime;
    const context: Omit<ProbeLayersContext, "features" | "curvature"> = {
      label: label.name,
      classNames: label.classes,
      task,
      facts,
      options: effective,
      sites,
      nameOf: (row) => dataset.nameOf(row),
      runtime,
      known,
      cancelled,
    };
    const seriesPerSite = 1 + (effective.random ? 1 : 0) + (effective.shuffled ? 1 : 0);
    const cached = known.length >= sites.length * seriesPerSite + (effective.raw ? 1 : 0);

    const wanted: TapWanted[] = [
      { series: "trained", network, sites },
      ...(effective.random
        ? [{ series: "random" as const, network: this.#randomWeightsOf(network, runtime, effective.seed), sites }]
        : []),
      ...(effective.raw ? [{ series: "raw" as const, network: undefined, sites: [inputSite] }] : []),
    ];
    const taps = tapsOf(
      this.#activations,
      wanted,
      samples,
      effective.pooling,
      JSON.stringify([provenance.model.sha256, provenance.data.sha256, provenance.preprocessing, provenance.runtime]),
    );
    if (!cached) {
      for await (const progress of collect(taps, wanted, samples, effective.pooling, this.#activations)) {
        emit({ job: params.job, progress, partial: undefined });
        if (cancelled()) break;
      }
    }
    const collected = cached || !cancelled();
    const features: ProbeLayersContext["features"] = async (series, site) => {
      const { file } = taps.find((tap) => tap.series === series && tap.site === site)!;
      this.#checkRoom(dataset.count, file.features);
      return { rows: dataset.count, columns: file.features, data: file.read(dataset.count) };
    };
    const rows = hashBytes(new Uint8Array(task.split.train.slice().buffer));
    const curvature: ProbeLayersContext["curvature"] = (series, site, make) =>
      this.#curvatures.get(`${taps.find((tap) => tap.series === series && tap.site === site)!.file.key} ${rows}`, make);
    const steps = probeLayers({ ...context, features, curvature, cancelled: () => !collected || cancelled() });
    for (;;) {
      const step = await steps.next();
      if (step.done) return { result: sign(step.value), cancelled: !cached && cancelled(), cached };
      const { progress, partial } = step.value;
      this.#points.put(provenance, [
        ...stored.filter(
          ({ series, site }) => !partial.data.points.some((point) => point.series === series && point.site === site),
        ),
        ...partial.data.points,
      ]);
      emit({ job: params.job, progress, partial: sign(partial) });
    }
  }

  #keep(job: string, result: ProbeResult): ProbeResult {
    this.#results.delete(job);
    this.#results.set(job, result);
    const [oldest] = this.#results.keys();
    if (this.#results.size > keptResults && oldest !== undefined) this.#results.delete(oldest);
    return result;
  }

  /** Rows are held as they were read and standardised in float64, and in float32 both ways round; a matrix of products in float32 with a factor, both ways round, for each of a few strengths. */
  #checkRoom(rows: number, features: number): void {
    const bytes = rows * features * 28 + Math.min(rows, features) ** 2 * 28;
    if (bytes <= this.#settings.memoryBudgetBytes) return;
    throw new GlassboxError(
      "resource",
      `a probe of ${rows} × ${features} features needs ${(bytes / 2 ** 30).toFixed(1)} GB`,
      { hint: "Raise the memory budget, or probe fewer samples or a narrower site." },
    );
  }

  #open(reference: string, fresh: boolean): Dataset {
    if (fresh || this.#dataset?.reference !== reference) this.#dataset = openDataset(reference);
    return this.#dataset;
  }

  #randomWeightsOf(network: Network, runtime: Runtime, seed: number): Network {
    const source = withRandomWeights(network.source, seed);
    if (this.#randomWeights?.source.hash !== source.hash) {
      void this.#randomWeights?.release();
      // Tried beside the trained network's own runs, its clock would be wrong; what is faster for one is so for the other.
      this.#randomWeights = new Network(source, runtime, this.#settings.memoryBudgetBytes, network.parallelism);
    }
    return this.#randomWeights;
  }

  async #preprocessing(
    model: OpenModel,
    { samples, contentOf }: Dataset,
    override: Preprocessing | undefined,
  ): Promise<Preprocessing> {
    if (override) return override;
    const { picture, name } = model.card;
    if (samples.kind !== "pictures" || picture === undefined)
      throw new GlassboxError("input", `${name} does not take pictures`, {
        hint: "Give the samples as .npz: X as the model takes it, and y.",
      });
    return (
      await this.#choices.choose(
        model,
        samples.read(0, { width: picture.columns, height: picture.rows }),
        contentOf[0]!,
      )
    ).preprocessing;
  }

  async #provenance(
    { model: file }: ProbeParams,
    model: OpenModel,
    dataset: Dataset,
    label: string,
    sites: readonly string[],
    options: ProbeOptions,
    preprocessing: Preprocessing | undefined,
  ): Promise<ProbeProvenance> {
    const { name, version: runtimeVersion } = await this.#runtime;
    return {
      glassbox: version,
      model: { file: path.basename(file), sha256: model.card.sha256 },
      data: { name: dataset.title, sha256: dataset.hash },
      label,
      sites,
      options,
      preprocessing: JSON.stringify(preprocessing ? withoutReason(preprocessing) : null),
      runtime: { name, version: runtimeVersion },
    };
  }
}

/** How it was found does not change the numbers. */
function withoutReason({
  reason: _reason,
  source: _source,
  ...values
}: Preprocessing): Omit<Preprocessing, "reason" | "source"> {
  return values;
}

/** Sites by name, each once, in the order of computation whatever order they were named in. */
function inOrder(network: Network, names: readonly string[]): readonly string[] {
  for (const name of names) network.site(name);
  const wanted = new Set(names);
  return network.graph.sites.filter(({ name }) => wanted.has(name)).map(({ name }) => name);
}

function checkOptions(options: ProbeOptions): ProbeOptions {
  const { pooling, testShare, folds, seed } = options;
  const wrong = (what: string, hint: string): GlassboxError => new GlassboxError("option", what, { hint });
  if (!poolings.includes(pooling))
    throw wrong(`there is no pooling ${pooling}`, `It is one of: ${poolings.join(", ")}.`);
  if (!(testShare >= 0.05 && testShare <= 0.5))
    throw wrong(
      `the test share is ${testShare}`,
      "It must be from 0.05 to 0.5: a probe is never scored on the rows that it learned from.",
    );
  if (!(Number.isInteger(folds) && folds >= 2 && folds <= 20))
    throw wrong(`there are ${folds} folds`, "It must be a whole number from 2 to 20.");
  if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31))
    throw wrong(`the seed is ${seed}`, "It must be a whole number from 0 to 2147483647.");
  return options;
}
