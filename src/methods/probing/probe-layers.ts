import type { Check, Progress } from "../../protocol/result.ts";
import type { ProbeChart, ProbeOptions, ProbePoint, ProbeSeries } from "../../protocol/probing.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { certificateOf, type SplitFacts } from "./certificate.ts";
import { countsOf, imbalance, majorityOf, summaryOf, unequal } from "./chart.ts";
import type { Curvature } from "./curvature.ts";
import type { Features } from "./design.ts";
import { pointOf } from "./point.ts";
import { probe, shuffledLabels, type Task } from "./probe.ts";

/** The series whose features are probed; `shuffled` uses those of `trained`. */
export type FeatureSeries = Exclude<ProbeSeries, "shuffled">;

export interface ProbeLayersContext {
  readonly label: string;
  readonly classNames: readonly string[];
  readonly task: Task;
  readonly facts: SplitFacts;
  readonly options: ProbeOptions;
  /** The sites in the order of computation. */
  readonly sites: readonly string[];
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

export interface ProbeLayersOutcome {
  readonly data: ProbeChart;
  readonly certificate: readonly Check[];
}

export interface ProbeLayersUpdate {
  readonly progress: Progress;
  readonly partial: ProbeLayersOutcome;
}

/** The name of the input in the list of sites. */
export const inputSite = "input";

/**
 * Probes a label at the input and then at one site after another, in the order of computation, each with its controls:
 * random weights and shuffled labels. If it is cancelled, it returns the points so far.
 */
export async function* probeLayers(context: ProbeLayersContext): AsyncGenerator<ProbeLayersUpdate, ProbeLayersOutcome> {
  const { sites, options, task } = context;
  const steps = [
    ...(options.raw ? [{ series: "raw" as const, site: inputSite, depth: -1 }] : []),
    ...sites.flatMap((site, depth) => [
      { series: "trained" as const, site, depth },
      ...(options.random ? [{ series: "random" as const, site, depth }] : []),
    ]),
  ];
  const points = [...context.known];
  const has = (series: ProbeSeries, site: string): boolean =>
    points.some((point) => point.series === series && point.site === site);
  for (const [done, { series, site, depth }] of steps.entries()) {
    if (context.cancelled()) break;
    const shuffled = series === "trained" && options.shuffled;
    if (has(series, site) && (!shuffled || has("shuffled", site))) continue;
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

function outcomeOf(
  { label, classNames, task, facts, options, sites }: ProbeLayersContext,
  points: readonly ProbePoint[],
): ProbeLayersOutcome {
  const { split, labels, classes } = task;
  const counts = countsOf(labels, Int32Array.from([...split.train, ...split.test]), classes);
  const chart: Omit<ProbeChart, "summary"> = {
    label,
    classes: classNames,
    trainRows: split.train.length,
    testRows: split.test.length,
    sites,
    points: [...points],
    majority: majorityOf(task),
    metric: imbalance(counts) > unequal ? "balancedAccuracy" : "accuracy",
  };
  return { data: { ...chart, summary: summaryOf(chart) }, certificate: certificateOf(chart, task, facts, options) };
}
