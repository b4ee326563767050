import path from "node:path";
import { formatTarget, logit, parseTarget, type Target } from "../graph/target.ts";
import type { AnyMethod, Outcome } from "../methods/method.ts";
import { findMask, maskShare } from "./mask-share.ts";
import { methodCard } from "../methods/method-card.ts";
import { readOptions } from "../methods/option.ts";
import { rankClasses } from "../methods/prediction/prediction.ts";
import { methods } from "../methods/table.ts";
import type {
  EngineSettings,
  ExportParams,
  InputParams,
  InputReference,
  ModelParams,
  PlaceParams,
  PlaceReading,
  PreparedInput,
  RunEvent,
  RunOutcome,
  RunParams,
} from "../protocol/engine.ts";
import type { MethodCard } from "../protocol/method-card.ts";
import type { ModelCard, Preprocessing } from "../protocol/model.ts";
import type { DisplayData, OptionValues, Provenance, Result } from "../protocol/result.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { toFloat64 } from "../tensor/tensor.ts";
import { ParallelismStore } from "./parallelism-store.ts";
import { cliCommand } from "./cli-command.ts";
import { forDisplay, readHeatmap } from "./display.ts";
import { experimentText } from "./experiments/experiment-text.ts";
import { exportAs } from "./export.ts";
import { loadInput, type LoadedInput } from "./inputs.ts";
import { OpenModels, type OpenModel } from "./open-models.ts";
import { ProbeService } from "./probing/probe-service.ts";
import { PreprocessingChoices } from "./preprocessing-choice.ts";
import { ResultCache } from "./result-cache.ts";
import { ShownResults } from "./shown-results.ts";
import { version } from "./version.ts";

export type Cancelled = () => boolean;

/** Everything the engine can be asked, as plain functions: no process, no channel. */
export class Service {
  readonly probes: ProbeService;
  readonly #models: OpenModels;
  readonly #choices: PreprocessingChoices;
  readonly #results: ResultCache;
  readonly #shown = new ShownResults();
  /** Questions that are being answered: an equal one waits and finds the answer remembered. */
  readonly #computing = new Map<string, Promise<unknown>>();
  readonly #runtime: Promise<Runtime>;

  constructor(settings: EngineSettings, runtime: Promise<Runtime>) {
    this.#runtime = runtime;
    this.#models = new OpenModels(runtime, settings.memoryBudgetBytes, new ParallelismStore(settings.cacheFolder));
    this.#choices = new PreprocessingChoices(settings.cacheFolder);
    this.#results = new ResultCache(path.join(settings.cacheFolder, "results"));
    this.probes = new ProbeService(settings, runtime, this.#models, this.#choices);
  }

  listMethods(): readonly MethodCard[] {
    return [...methods.values()].map(methodCard);
  }

  async openModel({ model }: ModelParams): Promise<ModelCard> {
    return (await this.#models.open(model)).card;
  }

  async prepareInput({ model, input, preprocessing }: InputParams): Promise<PreparedInput> {
    return (await loadInput(requireClassifier(await this.#models.open(model)), input, this.#choices, preprocessing))
      .prepared;
  }

  async rememberPreprocessing({
    model,
    preprocessing,
  }: ModelParams & { readonly preprocessing: Preprocessing | undefined }): Promise<null> {
    this.#choices.remember(await this.#models.open(model), preprocessing);
    return null;
  }

  async runMethod(params: RunParams, emit: (event: RunEvent) => void, cancelled: Cancelled): Promise<RunOutcome> {
    const method = methods.get(params.method);
    if (method === undefined)
      throw new GlassboxError("option", `there is no method ${params.method}`, {
        hint: `The methods are: ${[...methods.keys()].join(", ")}.`,
      });
    const options = readOptions(method.options, params.options) as OptionValues;
    const model = requireClassifier(await this.#models.open(params.model));
    const input = await loadInput(model, params.input, this.#choices, params.preprocessing);
    const target = await chooseTarget(method, model, input, params.target);
    const provenance = await this.#provenance(params, model, input, method, target, options);
    const code = {
      cli: cliCommand(params, provenance, input.prepared.preprocessing, (await this.#runtime).provider),
      experiment: experimentText(params, provenance, input.prepared.preprocessing),
    };
    const key = JSON.stringify(provenance);
    // The panel asks what its host had begun while it loaded.
    await this.#computing.get(key);
    const known = this.#results.get(provenance);
    // The same question may have been asked before of a file elsewhere.
    const locate = localised(params.input, input.prepared.preprocessing);
    if (known) return { result: locate({ ...known, code }), cancelled: false, cached: true };

    const sign = ({ data, certificate }: Outcome): Result => ({ data, certificate, provenance, code });
    const compute = async (): Promise<RunOutcome> => {
      const steps = method.run({
        network: model.network,
        input: input.tensor,
        target,
        pixels: input.pixels,
        options: options as never,
        cancelled,
      });
      for (;;) {
        const step = await steps.next();
        if (step.done) {
          const result = sign(step.value);
          if (!cancelled()) this.#results.put(result);
          return { result: locate(result), cancelled: cancelled(), cached: false };
        }
        emit({
          job: params.job,
          progress: step.value.progress,
          partial: step.value.partial && locate(sign(step.value.partial)),
        });
      }
    };
    const computing = compute();
    this.#computing.set(
      key,
      computing.catch(() => undefined),
    );
    return computing.finally(() => this.#computing.delete(key));
  }

  /** Runs a method and sends what a drawing needs; the exact result stays here under the job's name. */
  async showMethod(
    params: RunParams,
    emit: (event: RunEvent<DisplayData>) => void,
    cancelled: Cancelled,
  ): Promise<RunOutcome<DisplayData>> {
    const show = (event: RunEvent): void => {
      if (event.partial) this.#shown.keep(params.job, event.partial);
      emit({ ...event, partial: event.partial && forDisplay(event.partial) });
    };
    const outcome = await this.runMethod(params, show, cancelled);
    this.#shown.keep(params.job, outcome.result);
    return { ...outcome, result: forDisplay(outcome.result) };
  }

  /** Keeps an exact result under a job's name, for reading and export. */
  keepShown(job: string, result: Result): void {
    this.#shown.keep(job, result);
  }

  exportBytes({ job, format }: ExportParams): Uint8Array {
    return exportAs(format, this.#shown.get(job));
  }

  readPlace({ job, row, column }: PlaceParams): PlaceReading {
    const { data } = this.#shown.get(job);
    if (data.kind !== "heatmap") throw new GlassboxError("input", "this result has no places to read");
    return readHeatmap(data, row, column);
  }

  async #provenance(
    { model: file }: RunParams,
    model: OpenModel,
    input: LoadedInput,
    method: AnyMethod,
    target: Target,
    options: OptionValues,
  ): Promise<Provenance> {
    const { name, version: runtimeVersion } = await this.#runtime;
    return {
      glassbox: version,
      model: { file: path.basename(file), sha256: model.card.sha256 },
      input: { name: input.prepared.name, sha256: input.prepared.sha256 },
      preprocessing: JSON.stringify(withoutReason(input.prepared.preprocessing)),
      method: method.id,
      target: method.needsTarget ? formatTarget(target) : undefined,
      options,
      runtime: { name, version: runtimeVersion },
    };
  }
}

/** Adds where a map lies, if it is known where something is. Not cached: the mask may change while the question does not. */
function localised(input: InputReference, preprocessing: Preprocessing | undefined): (result: Result) => Result {
  const mask = findMask(input, preprocessing);
  return (result) => {
    const check = mask && result.data.kind === "heatmap" ? maskShare(result.data, mask) : undefined;
    return check ? { ...result, certificate: [...result.certificate, check] } : result;
  };
}

/** How it was found does not change the numbers. */
function withoutReason(preprocessing: Preprocessing | undefined): unknown {
  if (preprocessing === undefined) return null;
  const { reason: _reason, source: _source, ...values } = preprocessing;
  return values;
}

/** Both detecting the preprocessing and explaining a class need class scores. */
function requireClassifier(model: OpenModel): OpenModel {
  if (model.notClassifier === undefined) return model;
  throw new GlassboxError("unsupported", model.notClassifier, {
    where: model.card.name,
    hint: "Choose a model that gives each class a score.",
  });
}

function noSuchClass(text: string, names: readonly string[] | undefined): GlassboxError {
  const near = names?.filter((name) => name.toLowerCase().includes(text.toLowerCase())).slice(0, 5) ?? [];
  return new GlassboxError("option", `the model has no class named ${text}`, {
    hint: near.length
      ? `It has ${near.join(", ")}.`
      : 'Give its number, or an expression such as "logit:281 - logit:285".',
  });
}

/** The class that a person named, by number or by name, or the model's best one. */
async function chooseTarget(
  method: AnyMethod,
  model: OpenModel,
  input: LoadedInput,
  text: string | undefined,
): Promise<Target> {
  if (!method.needsTarget) return { terms: [] };
  if (text === undefined || text === "") {
    const [best] = rankClasses(toFloat64(await model.network.logits(input.tensor)), 1, undefined);
    return logit(best!.index);
  }
  if (/^\d+$/.test(text)) return logit(Number(text));
  const names = model.card.classes?.names;
  const index = names?.findIndex((name) => name.toLowerCase() === text.toLowerCase()) ?? -1;
  if (index < 0 && /^[\p{L}\s'-]+$/u.test(text)) throw noSuchClass(text, names);
  return index >= 0 ? logit(index) : parseTarget(text);
}
