import type { PlaceScores, RepeatScores } from "./position-scores.ts";

/** What is known of one head after all runs, each a mean over the random sequences. */
export interface HeadEvidence extends RepeatScores, PlaceScores {
  /** The weights at the same lags where nothing is repeated. */
  readonly unrepeated: RepeatScores;
  /** The lag from 2 on that has the most weight where nothing is repeated, with that weight. */
  readonly fixedLag: { readonly lag: number; readonly weight: number };
  /** The induction score with all earlier previous-token heads ablated; unset if there are none. */
  readonly withoutPrevious: number | undefined;
}

export type HeadRole =
  | "previous token"
  | "duplicate token"
  | "induction"
  | "induction, unproved"
  | "fixed distance"
  | "first token"
  | "self"
  | "none";

/** A score counts if it exceeds its control by this factor. */
const overControl = 2;
/** Induction is proved if the ablation of previous-token heads leaves at most this share of it. */
const leftByAblation = 0.5;

type Candidate = readonly [role: HeadRole, score: number, control: number];

/**
 * The role whose score reaches the threshold and exceeds its controls twofold. Roles that follow the tokens come first,
 * because such heads rest on the first token where nothing is repeated; then roles that follow positions; then the first
 * token. Induction exceeds both neighbouring lags and the same lag without a repetition, duplicate tokens exceed the same
 * lag without a repetition. A head that looks back over one distance whatever the tokens are is called by that.
 */
export function roleOf(head: HeadEvidence, threshold: number): HeadRole {
  const { unrepeated } = head;
  const rises = (score: "induction" | "duplicate"): number => head[score] - unrepeated[score];
  const groups: readonly (readonly Candidate[])[] = [
    [
      [isProved(head) ? "induction" : "induction, unproved", rises("induction"), inductionControl(head)],
      ["duplicate token", rises("duplicate"), Math.max(unrepeated.duplicate, head.induction)],
    ],
    [
      ["previous token", head.previous, head.fixedLag.weight],
      ["fixed distance", head.fixedLag.weight, head.previous],
      ["self", head.self, 0],
    ],
    [["first token", head.first, 0]],
  ];
  for (const group of groups) {
    const [best] = group
      .filter(([, score, control]) => score >= threshold && score >= overControl * control)
      .sort(([, a], [, b]) => b - a);
    if (best) return best[0];
  }
  return "none";
}

const inductionControl = ({ duplicate, shorter, unrepeated }: HeadEvidence): number =>
  Math.max(duplicate, shorter, unrepeated.induction);

const isProved = ({ induction, withoutPrevious }: HeadEvidence): boolean =>
  withoutPrevious !== undefined && withoutPrevious <= leftByAblation * induction;
