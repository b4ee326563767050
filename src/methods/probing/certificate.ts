import type { Check } from "../../protocol/result.ts";
import type { ProbePoint, Probes } from "../../protocol/probing.ts";
import { countsOf, imbalance, preferred, shownScore, unequal } from "./chart.ts";
import type { ProbeOptions } from "./options.ts";
import type { Task } from "./probe.ts";

/** Facts about the data and its split. */
export interface SplitFacts {
  /** Whether the dataset specifies the split. */
  readonly given: boolean;
  readonly grouped: boolean;
  /** The number of contents that occur more than once. */
  readonly duplicates: number;
  /** The number of contents or groups that are on both sides. */
  readonly across: number;
}

/** The checks of a chart, which answer the questions of a careful reader. */
export function certificateOf(
  chart: Omit<Probes, "kind" | "summary">,
  task: Task,
  facts: SplitFacts,
  options: ProbeOptions,
): Check[] {
  return [
    splitRule(chart, facts, options),
    leakage(facts),
    ...optimum(chart.points),
    balance(chart, task),
    ...bestLayer(chart),
    ...gap(chart),
    ...capacity(chart),
    ...edge(chart),
  ];
}

function splitRule(
  { trainRows, testRows }: Omit<Probes, "kind" | "summary">,
  { given, grouped }: SplitFacts,
  { testShare, seed, folds }: ProbeOptions,
): Check {
  const how = given
    ? "as specified by the dataset"
    : `${grouped ? "by group" : "by sample"}, stratified by class, seed ${seed}`;
  return {
    id: "split",
    label: "split first",
    status: "pass",
    value: `${trainRows} / ${testRows}`,
    sentence: `${trainRows} training rows and ${testRows} test rows, split ${how}. Means, deviations and C come from training rows only; C is chosen with ${folds} folds by log-loss and the one-standard-error rule. No score on a training row is shown as a result.`,
    numbers: {
      train: trainRows,
      test: testRows,
      testShare: given ? testRows / (trainRows + testRows) : testShare,
      folds,
    },
  };
}

function leakage({ duplicates, across, given }: SplitFacts): Check {
  if (across > 0) {
    return {
      id: "leakage",
      label: "leakage",
      status: "fail",
      value: `${across} on both sides`,
      sentence: `${across} samples or groups are on both sides of the dataset's split, so the test scores are too high. Remove them, or remove the split and let Glassbox make one.`,
      numbers: { across, duplicates },
    };
  }
  const together =
    duplicates > 0
      ? `${duplicates} samples occur more than once; ${given ? "none" : "their copies were kept on one side, so none"} is on both sides.`
      : "No sample is on both sides of the split.";
  return {
    id: "leakage",
    label: "no leakage",
    status: "pass",
    value: duplicates > 0 ? `${duplicates} duplicates` : "no duplicates",
    sentence: `${together} This check finds identical samples only, not similar ones.`,
    numbers: { across, duplicates },
  };
}

function optimum(points: readonly ProbePoint[]): Check[] {
  const fitted = points.filter(({ series }) => series !== "shuffled");
  if (fitted.length === 0) return [];
  const distance = fitted.reduce((most, point) => Math.max(most, point.distance), 0);
  const near = distance < 1e-3;
  return [
    {
      id: "optimum",
      label: "optimum reached",
      status: near ? "pass" : "warn",
      value: `within ${distance.toExponential(0)}`,
      sentence: near
        ? `Coefficients on standardised features are within ${distance.toExponential(1)} of the optimum, by the bound ‖∇‖/λ: no score depends on where a solver stopped.`
        : `Coefficients are only known to be within ${distance.toExponential(1)} of the optimum; scores could differ in their last digits.`,
      numbers: { distance },
    },
  ];
}

function balance({ metric, classes }: Omit<Probes, "kind" | "summary">, { labels, split }: Task): Check {
  const counts = countsOf(labels, Int32Array.from([...split.train, ...split.test]), classes.length);
  const ratio = imbalance(counts);
  return ratio > unequal
    ? {
        id: "balance",
        label: "unequal classes",
        status: "warn",
        value: `${ratio.toFixed(1)} : 1`,
        sentence: `The most frequent class is ${ratio.toFixed(1)} times as frequent as the rarest, so the balanced accuracy (the mean of the recalls) is ${metric === "balancedAccuracy" ? "shown" : "the better metric"}.`,
        numbers: { ratio },
      }
    : {
        id: "balance",
        label: "equal classes",
        status: "pass",
        value: `${ratio.toFixed(1)} : 1`,
        sentence: "The classes are about equally frequent, so plain accuracy is meaningful.",
        numbers: { ratio },
      };
}

function bestLayer({ points, metric }: Omit<Probes, "kind" | "summary">): Check[] {
  const chosen = preferred(points);
  const trained = points.filter(({ series }) => series === "trained");
  if (chosen === undefined || trained.length < 2) return [];
  const top = trained.reduce((best, each) =>
    shownScore(each.test, metric) > shownScore(best.test, metric) ? each : best,
  );
  const same = top.site === chosen.site;
  return [
    {
      id: "best-layer",
      label: "best layer",
      status: same ? "pass" : "warn",
      value: chosen.site,
      sentence: same
        ? `Cross-validation on training rows prefers ${chosen.site}, which also has the highest test score.`
        : `The highest test score is at ${top.site}, but choosing a layer by test rows would overestimate its score. Cross-validation on training rows prefers ${chosen.site}, with ${shownScore(chosen.test, metric).toFixed(3)} on test rows.`,
      numbers: { chosen: chosen.depth, highest: top.depth },
    },
  ];
}

function gap({ points, metric }: Omit<Probes, "kind" | "summary">): Check[] {
  const trained = points.filter(({ series }) => series === "trained");
  if (trained.length === 0) return [];
  const gapOf = (point: ProbePoint): number => shownScore(point.train, metric) - shownScore(point.test, metric);
  const widest = trained.reduce((most, each) => (gapOf(each) > gapOf(most) ? each : most));
  const value = gapOf(widest);
  return [
    {
      id: "gap",
      label: "train – test gap",
      status: value > 0.15 ? "warn" : "pass",
      value: `≤ ${value.toFixed(3)}`,
      sentence: `Training rows score at most ${value.toFixed(3)} more than test rows (at ${widest.site})${value > 0.15 ? ": the probe has partly memorized its training rows; more samples would raise the test score." : "."}`,
      numbers: { gap: value },
    },
  ];
}

/** How much a probe can memorize: its training score on meaningless labels. */
function capacity({ points, metric, majority }: Omit<Probes, "kind" | "summary">): Check[] {
  const shuffled = points.filter(({ series }) => series === "shuffled");
  if (shuffled.length === 0) return [];
  const learned = Math.max(...shuffled.map(({ train }) => shownScore(train, metric)));
  const beyond = shuffled.filter(
    (point) =>
      (metric === "accuracy" ? point.accuracyInterval : point.balancedInterval)[0] >
      shownScore(majority, metric) + 0.03,
  );
  return [
    {
      id: "shuffled",
      label: "shuffled labels",
      status: beyond.length > 0 ? "warn" : "pass",
      value: `${Math.max(...shuffled.map(({ test }) => shownScore(test, metric))).toFixed(3)} at most`,
      sentence:
        beyond.length > 0
          ? `Probes of shuffled labels do better than chance at ${beyond.map(({ site }) => site).join(", ")}: something other than the label is decoded; look for leakage.`
          : `Probes of shuffled labels stay near chance on test rows; their training score is ${learned.toFixed(3)}, which is what a probe of this size can memorize without any signal.`,
      numbers: { learned },
    },
  ];
}

function edge({ points }: Omit<Probes, "kind" | "summary">): Check[] {
  const atEdge = points.filter((point) => point.atEdge && point.series === "trained").map(({ site }) => site);
  if (atEdge.length === 0) return [];
  return [
    {
      id: "strength",
      label: "regularization",
      status: "info",
      value: "at the edge",
      sentence: `At ${atEdge.join(", ")} the weakest candidate regularization has the lowest loss; a weaker one might be slightly better.`,
      numbers: { sites: atEdge.length },
    },
  ];
}
