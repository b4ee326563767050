import type { OutputKind } from "../../protocol/contract.ts";
import type { RankedClass } from "../../protocol/result.ts";
import { sigmoid, softmax } from "../../tensor/softmax.ts";

/** Heads whose numbers are scores of classes. */
export type ScoresKind = "classes" | "independent" | "binary";

export const isScores = ({ is }: OutputKind): boolean => is === "classes" || is === "independent" || is === "binary";

export const nameOf = (index: number, names: readonly string[] | undefined): string =>
  names?.[index] ?? `class ${index}`;

/** Softmax for exclusive classes, sigmoid for independent ones; two probabilities of the one score of two classes. */
export function probabilitiesOf(logits: Float64Array, is: ScoresKind): Float64Array {
  if (is === "classes") return softmax(logits);
  if (is === "independent") return logits.map(sigmoid);
  return Float64Array.of(sigmoid(-logits[0]!), sigmoid(logits[0]!));
}

/** The `top` most probable classes; ties are in the order of their indices. */
export function rankClasses(
  logits: Float64Array,
  top: number,
  names: readonly string[] | undefined,
  is: ScoresKind = "classes",
): RankedClass[] {
  const probabilities = probabilitiesOf(logits, is);
  const scores = is === "binary" ? Float64Array.of(-logits[0]!, logits[0]!) : logits;
  return Array.from(scores, (_, index) => index)
    .sort((a, b) => scores[b]! - scores[a]! || a - b)
    .slice(0, top)
    .map((index) => ({ index, name: nameOf(index, names), logit: scores[index]!, probability: probabilities[index]! }));
}
