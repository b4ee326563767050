import { conventionNamed, type ConventionName } from "./conventions.ts";

/** What the model answered, under one convention, to one photograph. Every answer is a probability for each class. */
export interface PhotographAnswers {
  /** To the photograph, mirrored, and slightly shifted (`detectionViews`). */
  readonly views: readonly ArrayLike<number>[];
  /** To a plain grey picture under the same convention (`blankView`). */
  readonly blank: ArrayLike<number>;
}

export interface Trial {
  readonly convention: ConventionName;
  /** The same photographs in the same order in every trial. */
  readonly photographs: readonly PhotographAnswers[];
}

export interface RankedConvention {
  readonly convention: ConventionName;
  /** Log prior plus evidence, in nats; −∞ if the model answered with something that is no number. */
  readonly score: number;
  /** Mean entropy of the answer pooled over the views, in nats: low means sure and stable. */
  readonly entropy: number;
  /** Mean total variation distance to the answer for a blank picture, 0 to 1: low means that the model hardly sees the photograph. */
  readonly contrast: number;
  /** Answers like the chosen one on every photograph. */
  readonly alike: boolean;
}

export interface ConventionChoice {
  readonly chosen: ConventionName;
  readonly ranking: readonly RankedConvention[];
  /** Nats between the chosen convention and the best one that answers differently; Infinity if none does. */
  readonly margin: number;
  /** Whether a person need not be asked. */
  readonly sure: boolean;
  /** One sentence for the panel. */
  readonly reason: string;
}

/** Weight of ln(contrast): makes a model that says "mosquito net" to everything lose, however firmly it says so. */
const contrastWeight = 2;
/** Bhattacharyya coefficient from which two answers count as the same. */
const sameAnswer = 0.9;
/** Nats of margin to be sure, with several photographs and with one. */
const sureWithSeveral = 1.5;
const sureWithOne = 3;
/** Below this mean contrast no convention has made the model look at the photograph. */
const least = 0.5;

/**
 * Chooses the convention under which the model's answers are confident, stable under small changes
 * of the view, and unlike its answer to a blank picture:
 *
 *   score(c) = ln prior(c) + Σ_photographs [ −H(p̄) + 2 ln TV(p̄, blank) ],
 *
 * p̄ the mean probability over the views. H(p̄) is the mean entropy of the answers (confidence) plus
 * their Jensen–Shannon divergence (stability). It needs no labels. Confidence alone is not enough: inputs
 * that are too large saturate a network into confident nonsense, inputs that are too small make one
 * answer to everything; the prior and the blank picture are there for these.
 *
 * `sure` speaks of the answer: conventions that answer alike on every photograph are no rivals. Smooth
 * networks barely notice 0.5 for ImageNet's mean; such pairs are named in the reason, and the prior
 * weighs most between them. The thresholds were set with test/oracles/convention-calibration.py: two models
 * made to expect each of the five conventions in turn, on the three sample photographs together or alone, are never called
 * sure and wrong (of ten with three, 6 are called sure; of thirty with one, 9).
 */
export function chooseConvention(trials: readonly Trial[]): ConventionChoice {
  const first = trials[0];
  if (!first) throw new RangeError("there is no convention to choose from");
  const judged = trials.map(judge).sort((a, b) => b.score - a.score);
  const best = judged[0]!;
  const ranking = judged.map(({ pooled, ...rest }) => ({
    ...rest,
    alike: pooled.every((p, i) => overlap(p, best.pooled[i]!) >= sameAnswer),
  }));
  const rival = ranking.find(({ alike, convention }) => !alike && convention !== best.convention);
  const margin = rival ? best.score - rival.score : Infinity;
  const threshold = first.photographs.length > 1 ? sureWithSeveral : sureWithOne;
  const sees = Number.isFinite(best.score) && best.contrast >= least;
  return {
    chosen: best.convention,
    ranking,
    margin,
    sure: sees && margin >= threshold,
    reason: explain(ranking, rival, sees, margin >= threshold),
  };
}

interface Judged extends Omit<RankedConvention, "alike"> {
  readonly pooled: readonly Float64Array[];
}

function judge({ convention, photographs }: Trial): Judged {
  const pooled = photographs.map(({ views }) => mean(views));
  const entropies = pooled.map(entropy);
  const contrasts = photographs.map(({ blank }, i) => totalVariation(pooled[i]!, blank));
  const evidence = entropies.reduce(
    (sum, h, i) => sum - h + contrastWeight * Math.log(Math.max(contrasts[i]!, 1e-3)),
    0,
  );
  const score = Math.log(conventionNamed(convention).prior || 0.01) + evidence;
  return {
    convention,
    score: Number.isFinite(score) ? score : -Infinity,
    entropy: average(entropies),
    contrast: average(contrasts),
    pooled,
  };
}

function mean(answers: readonly ArrayLike<number>[]): Float64Array {
  const sum = new Float64Array(answers[0]?.length ?? 0);
  for (const answer of answers) for (let i = 0; i < sum.length; i++) sum[i]! += answer[i]! / answers.length;
  return sum;
}

const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** In nats, with 0 ln 0 = 0; NaN stays NaN. */
const entropy = (p: Float64Array): number =>
  p.reduce((sum, value) => (value === 0 ? sum : sum - value * Math.log(value)), 0);

function totalVariation(p: ArrayLike<number>, q: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += Math.abs(p[i]! - q[i]!);
  return sum / 2;
}

/** Bhattacharyya coefficient Σ √(pq): 1 for equal answers, 0 for disjoint ones. */
const overlap = (p: Float64Array, q: Float64Array): number =>
  p.reduce((sum, value, i) => sum + Math.sqrt(value * q[i]!), 0);

function explain(
  ranking: readonly RankedConvention[],
  rival: RankedConvention | undefined,
  sees: boolean,
  clear: boolean,
): string {
  const [best, ...rest] = ranking;
  const title = (ranked: RankedConvention): string => conventionNamed(ranked.convention).title;
  if (!sees)
    return "The model answers much the same to a photograph and to a blank picture under every usual convention, so its preprocessing is not known.";
  const alike = rest.filter((other) => other.alike);
  const same = alike.length ? ` ${alike.map(title).join(" and ")} would answer nearly the same.` : "";
  if (!rival) return `${title(best!)} is the commonest convention.${same}`;
  const how = clear ? "clearly" : "only slightly";
  return `The model's answers are ${how} more convincing (firm, steady, unlike its answer to a blank picture) with ${title(best!)} than with ${title(rival)}.${same}`;
}
