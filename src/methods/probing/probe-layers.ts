import type { ProbePoint, Probes, ProbeSeries } from "../../protocol/probing.ts";
import type { Progress } from "../../protocol/result.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Outcome } from "../analysis.ts";
import { certificateOf, type SplitFacts } from "./certificate.ts";
import { countsOf, imbalance, majorityOf, summaryOf, unequal } from "./chart.ts";
import type { Curvature } from "./curvature.ts";
import type { Features } from "./design.ts";
import type { ProbeOptions } from "./options.ts";
import { pointOf } from "./point.ts";
import { probe, shuffledLabels, type Task } from "./probe.ts";

/** The series whose features are probed; `shuffled` uses those of `trained`. */
export type FeatureSeries = Exclude<ProbeSeries, "shuffled">;

export interface ProbeLayersContext {
  readonly label: string;
  readonly classNames: readonly string[];
  readonly task: Task;
  readonly facts: SplitFacts;
  /** The sites in the order of computation. */
  readonly options: ProbeOptions;
  /** The features of all rows at a site, or of the input for `raw`. */
  readonly features: (series: FeatureSeries, site: string) => Promise<Features>;
  /** The Gram matrix and factors of a site's training rows, cached from an earlier label on the same rows or made now. */
  readonly curvature: (series: FeatureSeries, site: string, make: () => Promise<Curvature>) => Promise<Curvature>;
  readonly nameOf: (row: number) => string;
  readonly runtime: Runtime;
  /** The points of an earlier run with the same question, which are not computed again. */
  readonly known: readonly ProbePoint[];
  readonly cancelled: () => boolean;
}

export interface ProbeLayersUpdate {
  readonly progress: Progress;
  readonly partial: Outcome<Probes>;
}

/** One fit of the features of a series at a site, together with the fit of shuffled labels. */
export interface ProbeStep {
  readonly series: FeatureSeries;
  readonly site: string;
  readonly depth: number;
}

/** The name of the input in the list of sites. */
export const inputSite = "input";

/** The fits of a question in order: the input, then each site followed by its random-weights control. */
const stepsOf = ({ raw, random, sites }: ProbeOptions): readonly ProbeStep[] => [
  ...(raw ? [{ series: "raw" as const, site: inputSite, depth: -1 }] : []),
  ...sites.flatMap((site, depth) => [
    { series: "trained" as const, site, depth },
    ...(random ? [{ series: "random" as const, site, depth }] : []),
  ]),
];

/** The fits that are not covered by the `known` points. */
export function missingSteps(options: ProbeOptions, known: readonly ProbePoint[]): readonly ProbeStep[] {
  const has = (series: ProbeSeries, site: string): boolean =>
    known.some((point) => point.series === series && point.site === site);
  return stepsOf(options).filter(
    ({ series, site }) => !has(series, site) || (series === "trained" && options.shuffled && !has("shuffled", site)),
  );
}

/**
 * Probes a label at the input and then at one site after another, in the order of computation, each with its controls:
 * random weights and shuffled labels. If it is cancelled, it returns the points so far.
 */
export async function* probeLayers(context: ProbeLayersContext): AsyncGenerator<ProbeLayersUpdate, Outcome<Probes>> {
  const { options, task } = context;
  const steps = stepsOf(options);
  const points = [...context.known];
  for (const step of missingSteps(options, context.known)) {
    if (context.cancelled()) break;
    const { series, site, depth } = step;
    const done = steps.findIndex((each) => each.series === series && each.site === site);
    const shuffled = series === "trained" && options.shuffled;
    const features = await context.features(series, site);
    const found = await probe(features, task, context.runtime, shuffled ? options.seed : undefined, (make) =>
      context.curvature(series, site, make),
    );
    const at = { site, depth, features: features.columns };
    const { train } = task.split;
    points.push(
      pointOf(
        { ...at, series },
        found.real,
        task,
        train.map((row) => task.labels[row]!),
        context.nameOf,
      ),
    );
    if (found.shuffled)
      points.push(
        pointOf(
          { ...at, series: "shuffled" },
          found.shuffled,
          task,
          shuffledLabels(task.labels, train, options.seed),
          context.nameOf,
        ),
      );
    yield {
      progress: {
        done: done + 1,
        total: steps.length,
        note: `${site}${series === "random" ? ", random weights" : ""}: probe ${done + 1} of ${steps.length}`,
      },
      partial: outcomeOf(context, points),
    };
  }
  return outcomeOf(context, points);
}

/** Sorts the points into the order of computation, whether they are new or from an earlier question. */
const inOrder = (points: readonly ProbePoint[]): readonly ProbePoint[] =>
  [...points].sort((a, b) => a.depth - b.depth || seriesOrder.indexOf(a.series) - seriesOrder.indexOf(b.series));

const seriesOrder: readonly ProbeSeries[] = ["raw", "trained", "shuffled", "random"];

function outcomeOf(
  { label, classNames, task, facts, options }: ProbeLayersContext,
  found: readonly ProbePoint[],
): Outcome<Probes> {
  const { split, labels, classes } = task;
  const counts = countsOf(labels, Int32Array.from([...split.train, ...split.test]), classes);
  const points = inOrder(found);
  const chart: Omit<Probes, "kind" | "summary"> = {
    label,
    classes: classNames,
    trainRows: split.train.length,
    testRows: split.test.length,
    sites: options.sites,
    points,
    majority: majorityOf(task),
    metric: imbalance(counts) > unequal ? "balancedAccuracy" : "accuracy",
  };
  return {
    data: { kind: "probes", ...chart, summary: summaryOf(chart) },
    certificate: certificateOf(chart, task, facts, options),
  };
}
