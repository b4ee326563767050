import { conventionNamed, type ConventionName } from "./conventions.ts";

/** The model's answers to one photograph under one convention. Each answer has one probability per class. */
export interface PhotographAnswers {
  /** Answers to the photograph, to its mirror image, and to slightly shifted crops (`detectionViews`). */
  readonly views: readonly ArrayLike<number>[];
  /** The answer to a plain grey picture under the same convention (`blankView`). */
  readonly blank: ArrayLike<number>;
}

export interface Trial {
  readonly convention: ConventionName;
  /** Every trial has the same photographs in the same order. */
  readonly photographs: readonly PhotographAnswers[];
}

export interface RankedConvention {
  readonly convention: ConventionName;
  /** Log prior plus evidence, in nats; −∞ if an answer contains NaN. */
  readonly score: number;
  /** Mean entropy of the answer averaged over the views, in nats: low means confident and stable. */
  readonly entropy: number;
  /** Mean total variation distance to the answer for a blank picture, 0 to 1: low means that the photograph hardly matters to the model. */
  readonly contrast: number;
  /** Whether the answers agree with those of the chosen convention on every photograph. */
  readonly alike: boolean;
}

export interface ConventionChoice {
  readonly chosen: ConventionName;
  readonly ranking: readonly RankedConvention[];
  /** The difference in nats between the chosen convention and the best one with different answers; Infinity if there is none. */
  readonly margin: number;
  /** Whether the choice needs no confirmation by the user. */
  readonly sure: boolean;
  /** One sentence for the panel. */
  readonly reason: string;
}

/** The weight of ln(contrast). It makes a convention lose under which the model answers "mosquito net" to everything, however confidently. */
const contrastWeight = 2;
/** Two answers count as the same from this Bhattacharyya coefficient on. */
const sameAnswer = 0.9;
/** The margins, in nats, required to be sure with several photographs and with one. */
const sureWithSeveral = 1.5;
const sureWithOne = 3;
/** Below this mean contrast, the model ignores the photograph under every convention. */
const least = 0.5;

/**
 * Chooses the convention under which the model's answers are confident, stable under small changes of the view, and
 * different from its answer to a blank picture:
 *
 *   score(c) = ln prior(c) + Σ_photographs [ −H(p̄) + 2 ln TV(p̄, blank) ],
 *
 * where p̄ is the mean probability over the views. H(p̄) is the mean entropy of the answers (confidence) plus their
 * Jensen–Shannon divergence (stability). No labels are needed. Confidence alone is not enough: inputs that are too large
 * saturate a network into confident nonsense, and inputs that are too small always give the same answer. The blank
 * picture and the prior handle these cases.
 *
 * `sure` refers to the answer: conventions with the same answers on every photograph are not rivals. Smooth networks
 * barely react to 0.5 instead of ImageNet's mean; the reason names such pairs, and mostly the prior decides between them.
 * The thresholds were set with test/oracles/convention-calibration.py: two models, modified to expect each of the five
 * conventions in turn, are tested on the three sample photographs, together and alone. No wrong choice is called sure
 * (6 of the 10 choices with three photographs are called sure, and 9 of the 30 with one).
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

/** The entropy in nats, with 0 ln 0 = 0; NaN stays NaN. */
const entropy = (p: Float64Array): number =>
  p.reduce((sum, value) => (value === 0 ? sum : sum - value * Math.log(value)), 0);

function totalVariation(p: ArrayLike<number>, q: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += Math.abs(p[i]! - q[i]!);
  return sum / 2;
}

/** The Bhattacharyya coefficient Σ √(pq): 1 for equal answers, 0 for disjoint ones. */
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
    return "Under every common convention, the model answers almost the same to a photograph and to a blank picture, so its preprocessing is not known.";
  const alike = rest.filter((other) => other.alike);
  const same = alike.length ? ` ${alike.map(title).join(" and ")} would give nearly the same answers.` : "";
  if (!rival) return `${title(best!)} is the most common convention.${same}`;
  const how = clear ? "clearly" : "only slightly";
  return `The model's answers are ${how} more convincing (confident, stable, different from its answer to a blank picture) with ${title(best!)} than with ${title(rival)}.${same}`;
}
