import { GlassboxError } from "../../tensor/errors.ts";

/** Functions of one row of logits, in double precision. */

/** ln Σ exp(x), without overflow. Of logits that are not finite nothing can be said, so they are refused. */
export function logNormalizer(logits: ArrayLike<number>): number {
  let max = -Infinity;
  for (let i = 0; i < logits.length; i++) if (logits[i]! > max) max = logits[i]!;
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp(logits[i]! - max);
  const normalizer = max + Math.log(sum);
  if (Number.isFinite(normalizer)) return normalizer;
  throw new GlassboxError("unsupported", "the model's logits are not finite on this prompt", {
    hint: "It overflows, or its weights are damaged. Nothing can be said of its tokens.",
  });
}

/** −Σ p ln p, in nats: ln Z − Σ p x. */
export function entropy(logits: ArrayLike<number>, normalizer: number): number {
  let mean = 0;
  for (let i = 0; i < logits.length; i++) {
    const probability = Math.exp(logits[i]! - normalizer);
    if (probability > 0) mean += probability * logits[i]!;
  }
  return Math.max(0, normalizer - mean);
}

/** KL(p‖q) = Σ p ln(p/q), in nats, for two rows of logits and their normalizers. */
export function divergence(
  p: ArrayLike<number>,
  pNormalizer: number,
  q: ArrayLike<number>,
  qNormalizer: number,
): number {
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    const logP = p[i]! - pNormalizer;
    const probability = Math.exp(logP);
    if (probability > 0) sum += probability * (logP - (q[i]! - qNormalizer));
  }
  return Math.max(0, sum);
}

/** The rank of a token: 1 for the greatest logit. Equal logits rank by id. */
export function rankOf(logits: ArrayLike<number>, id: number): number {
  const own = logits[id]!;
  let rank = 1;
  for (let i = 0; i < logits.length; i++) if (logits[i]! > own || (i < id && own === logits[i])) rank++;
  return rank;
}

/** The ids of the `count` greatest logits, best first; ties are ordered by id. It takes one pass, with a short sorted list. */
export function topIds(logits: ArrayLike<number>, count: number): number[] {
  const best: number[] = [];
  for (let id = 0; id < logits.length; id++) {
    const value = logits[id]!;
    if (best.length === count && value <= logits[best[count - 1]!]!) continue;
    let at = Math.min(best.length, count - 1);
    while (at > 0 && logits[best[at - 1]!]! < value) {
      best[at] = best[at - 1]!;
      at--;
    }
    best[at] = id;
  }
  return best;
}

/** One row of a [row, token id] tensor, without copying. */
export const rowOf = (
  logits: { readonly data: ArrayLike<number>; readonly shape: readonly number[] },
  row: number,
): Float32Array | Float64Array => {
  const vocabulary = logits.shape[1]!;
  return (logits.data as Float32Array).subarray(row * vocabulary, (row + 1) * vocabulary);
};
