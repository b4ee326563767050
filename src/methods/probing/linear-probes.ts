import type { ProbePoint, Probes } from "../../protocol/probing.ts";
import { siteNames } from "../../protocol/written-lists.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import type { ActivationRequest } from "../activation-store.ts";
import { analysis, type Update } from "../analysis.ts";
import type { DataContext } from "../contexts.ts";
import type { Network } from "../network.ts";
import { defaultSites } from "./default-sites.ts";
import { probeOptions, type ProbeOptions } from "./options.ts";
import { missingSteps, probeLayers, type FeatureSeries } from "./probe-layers.ts";
import { withRandomWeights } from "./random-weights.ts";
import { chooseSplit } from "./split-choice.ts";

/**
 * Linear probes (Alain, Bengio 2016): L2-regularized logistic regression on the frozen activations of each site, scored on
 * held-out rows and compared with four controls. Cost: one evaluation per sample and network, then a fit for each site and
 * control. Points are stored individually: a cancelled run can be resumed, and a question about other sites reuses the
 * points of shared sites.
 */
export const linearProbes = analysis("linear-probes", {
  family: "probing",
  title: "Linear probes",
  summary:
    "At which layers a label is linearly decodable, compared with a random-weights control, shuffled labels, the raw input and the majority class.",
  command: { name: "probe" },
  cost: "one evaluation per sample, then a fit for each site and control",
  paper: {
    title: "Understanding intermediate layers using linear classifier probes",
    authors: "Alain, Bengio",
    year: 2016,
    link: "https://arxiv.org/abs/1610.01644",
  },
  takes: "data",
  gives: "probes",
  needsTarget: false,
  options: probeOptions,
  resumes: true,
  effective: (options, { network, samples }) => ({
    ...options,
    sites: probedSites(network, siteNames(String(options["sites"]))).join(","),
    raw: options["raw"] === true && samples.raw !== undefined,
  }),
  async *run(context) {
    const { dataset, label, options, activations, runtime, parts, cancelled } = context;
    const { task, facts } = chooseSplit(dataset, label, options);
    const key = pointsKey(options);
    const stored = parts.get<readonly ProbePoint[]>(key) ?? [];
    const known = knownPoints(stored, options);
    const request = requestsOf(context);
    yield* collected(
      context,
      missingSteps(options, known).map(({ series, site }) => request(series, site)),
    );
    const steps = probeLayers({
      label: label.name,
      classNames: label.classes,
      task,
      facts,
      options,
      features: async (series, site) => {
        checkRoom(context, activations.featureCount(request(series, site)));
        return activations.read(request(series, site));
      },
      curvature: (series, site, make) => activations.curvature(request(series, site), task.split.train, make),
      nameOf: (row) => dataset.nameOf(row),
      runtime,
      known,
      cancelled,
    });
    for (;;) {
      const step = await steps.next();
      if (step.done) return step.value;
      parts.put(key, merged(stored, step.value.partial.data.points));
      yield step.value;
    }
  },
});

/** The distinct sites with these names, in the order of computation. */
function probedSites(network: Network, names: readonly string[]): readonly string[] {
  if (names.length === 0) return defaultSites(network).map(({ name }) => name);
  for (const name of names) network.site(name);
  const wanted = new Set(names);
  return network.sites.filter(({ name }) => wanted.has(name)).map(({ name }) => name);
}

/**
 * Everything that a point depends on besides the subject, its site and its series. Real and shuffled labels are fitted with
 * shared products, which round differently if only one of them is present.
 */
const pointsKey = ({ pooling, testShare, folds, seed, shuffled }: ProbeOptions): string =>
  JSON.stringify(["linear-probes", pooling, testShare, folds, seed, shuffled]);

/** The points of this question that an earlier one computed, with the depths of their sites in this question. */
const knownPoints = (stored: readonly ProbePoint[], { sites, random, raw }: ProbeOptions): readonly ProbePoint[] =>
  stored
    .filter(({ series, site }) => (series === "raw" ? raw : sites.includes(site) && (series !== "random" || random)))
    .map((point) => ({ ...point, depth: point.series === "raw" ? -1 : sites.indexOf(point.site) }));

const merged = (stored: readonly ProbePoint[], found: readonly ProbePoint[]): readonly ProbePoint[] => [
  ...stored.filter(({ series, site }) => !found.some((point) => point.series === series && point.site === site)),
  ...found,
];

type Context = DataContext & { readonly options: ProbeOptions };

/** The source of the features of a series at a site. */
function requestsOf({
  network,
  variant,
  options: { pooling, random, seed },
}: Context): (series: FeatureSeries, site: string) => ActivationRequest {
  const networks: Readonly<Record<FeatureSeries, Network | undefined>> = {
    trained: network,
    random: random ? variant(withRandomWeights(network.source, seed)) : undefined,
    raw: undefined,
  };
  return (series, site) => ({ network: networks[series], site, pooling });
}

async function* collected(
  { activations, cancelled }: Context,
  requests: readonly ActivationRequest[],
): AsyncGenerator<Update<Probes>> {
  for await (const progress of activations.collect(requests)) {
    yield { progress };
    if (cancelled()) return;
  }
}

/**
 * Memory: the rows are held unchanged and standardized in float64, and in float32 in both orders. A Gram matrix in float32
 * is held with a factor, in both orders, for each value of C.
 */
function checkRoom({ samples, memoryBudgetBytes }: Context, features: number): void {
  const rows = samples.rows.count;
  const bytes = rows * features * 28 + Math.min(rows, features) ** 2 * 28;
  if (bytes <= memoryBudgetBytes) return;
  throw new GlassboxError(
    "resource",
    `a probe of ${rows} × ${features} features needs ${(bytes / 2 ** 30).toFixed(1)} GB`,
    { hint: "Raise the memory budget, or probe fewer samples or a narrower site." },
  );
}
