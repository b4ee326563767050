import type { Problem, Range } from "../protocol/experiment.ts";
import type { AnalysisCard } from "../protocol/analysis-card.ts";
import type { Analysis, Claim, Experiment } from "./experiment.ts";
import { splitReading } from "./split-reading.ts";

export type Say = (
  code: string,
  message: string,
  range: Range,
  instead?: readonly string[],
  severity?: Problem["severity"],
) => void;

/**
 * Warns of probe scores that are misleading: without controls, on training rows, or at a layer that was chosen on test
 * rows.
 */
export function checkProbes({ analyses, claims }: Experiment, cards: readonly AnalysisCard[], say: Say): void {
  const probes = analyses.filter(({ method }) => cards.find(({ id }) => id === method.value)?.takes === "data");
  if (probes.length === 0) return;
  for (const probe of probes) checkControls(probe, say);
  const scores = claims.flatMap((claim) => scoreOf(claim.reading.value, probes, claim) ?? []);
  checkTrainingScores(scores, say);
  checkChosenLayer(scores, probes, say);
}

const controls = {
  random: "Without a random-weights control, a probe's accuracy may come from the input, not from the network",
  shuffled: "Without shuffled labels, a probe's accuracy may come from the probe's own memory",
} as const;

function checkControls({ options, method }: Analysis, say: Say): void {
  for (const [name, why] of Object.entries(controls)) {
    const given = options[name];
    if (given?.value === false)
      say(
        "unsound-probe",
        `${why}: ${method.value} has this control unless you turn it off.`,
        given.range,
        ["true"],
        "warning",
      );
  }
}

/** The parts of `shape.trained(features.3).test.accuracy`. */
interface Score {
  readonly probe: string;
  readonly series: string;
  readonly site: string;
  readonly rows: "train" | "test";
}

type ClaimedScore = Score & { readonly claim: Claim };

const scorePath = /^(trained|random|shuffled|raw)(?:\(([^)]*)\))?\.(train|test)\.(?:accuracy|balancedAccuracy)$/;

function readScore(text: string, probes: readonly Analysis[]): Score | undefined {
  const reading = splitReading(
    text,
    probes.map(({ id }) => id),
  );
  const found = reading && scorePath.exec(reading.path);
  return found
    ? { probe: reading!.analysis, series: found[1]!, site: found[2]?.trim() ?? "", rows: found[3] as Score["rows"] }
    : undefined;
}

function scoreOf(text: string, probes: readonly Analysis[], claim: Claim): ClaimedScore | undefined {
  const score = readScore(text, probes);
  return score && { ...score, claim };
}

const claimsHighScore: ReadonlySet<string> = new Set(["is", "above", "atLeast", "between"]);

/** Warns of a claim that a training score is high, if no claim reads the same probe on test rows. */
function checkTrainingScores(scores: readonly ClaimedScore[], say: Say): void {
  const tested = new Set(scores.filter(({ rows }) => rows === "test").map(({ probe, site }) => `${probe} ${site}`));
  for (const {
    probe,
    site,
    series,
    rows,
    claim: { reading, comparison },
  } of scores) {
    if (
      rows !== "train" ||
      series !== "trained" ||
      !claimsHighScore.has(comparison.kind) ||
      tested.has(`${probe} ${site}`)
    )
      continue;
    say(
      "unsound-probe",
      "This is the score on the rows that the probe learned from, which measures the probe's size more than what the layer knows. Claim the score on test rows, or both.",
      reading.range,
      [reading.value.replace(".train.", ".test.")],
      "warning",
    );
  }
}

/**
 * Warns of a claim that a layer beats two or more others on test rows, or is the best of all. Such a layer was chosen
 * on the test rows, so they no longer measure it.
 */
function checkChosenLayer(scores: readonly ClaimedScore[], probes: readonly Analysis[], say: Say): void {
  const sayChosen = (best: string, validation: string, { reading }: Claim): void =>
    say(
      "unsound-probe",
      `${best} read off the test rows, which then no longer measure it. Choose it by ${validation}, which is cross-validated on the training rows and lower where the layer is better; then claim its test score alone.`,
      reading.range,
      [],
      "warning",
    );
  for (const { site, series, rows, claim } of scores) {
    if (site === "greatest" && series === "trained" && rows === "test" && claimsHighScore.has(claim.comparison.kind))
      sayChosen("The best layer is", "validationBits", claim);
  }
  const beaten = new Map<string, Set<string>>();
  for (const { probe, site, series, rows, claim } of scores) {
    const { comparison } = claim;
    const bound =
      (comparison.kind === "above" || comparison.kind === "atLeast") && typeof comparison.expected.value === "string"
        ? readScore(comparison.expected.value, probes)
        : undefined;
    if (
      rows !== "test" ||
      series !== "trained" ||
      bound?.rows !== "test" ||
      bound.series !== "trained" ||
      bound.probe !== probe ||
      bound.site === site
    )
      continue;
    const others = beaten.get(`${probe} ${site}`) ?? new Set();
    beaten.set(`${probe} ${site}`, others.add(bound.site));
    if (others.size === 2) sayChosen(`That ${site} is the best layer is`, `trained(${site}).validationBits`, claim);
  }
}
