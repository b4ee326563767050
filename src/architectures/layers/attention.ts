import type { Value } from "../../graph/builder.ts";
import type { AttentionParts } from "../sequence.ts";
import { site, type Context } from "./context.ts";

/** What changes the scores before the softmax. */
export interface ScoreOptions {
  /** A query sees only keys less than this many positions away (Beltagy, Peters, Cohan 2020); unset: all. */
  readonly window?: number | undefined;
  /** Scores s become cap · tanh(s / cap) (Gemma 2, 2024). */
  readonly softCap?: number | undefined;
}

/**
 * Attention (Vaswani et al. 2017): softmax(q·kᵀ/√d + mask)·v for each head. With fewer key-value heads than
 * query heads, each serves a group of query heads that lie side by side (Ainslie et al. 2023).
 * Sites: `hook_attn_scores`, `hook_pattern`, `hook_z`.
 */
export function attention(
  c: Context,
  layer: number,
  parts: AttentionParts,
  { window, softCap }: ScoreOptions = {},
): Value {
  const { b, sequence } = c;
  const name = `blocks.${layer}.attn`;
  const { q, k, v, bias, back } = sequence.attend(b, layer, parts, window);
  const [rows, queries, heads, width] = q.shape as [number, number, number, number];
  const [, keys, groups] = k.shape as [number, number, number];
  const shared = heads / groups;
  const grouped = b.reshape(b.transpose(q, [0, 2, 1, 3]), [rows, groups, shared * queries, width]);
  const products = b.matmul(b.scale(grouped, 1 / Math.sqrt(width)), b.transpose(k, [0, 2, 3, 1]));
  const capped = softCap === undefined ? products : cap(c, products, softCap);
  const unmasked = b.reshape(capped, [rows, heads, queries, keys]);
  const scores = site(c, `${name}.hook_attn_scores`, bias ? b.add(unmasked, bias) : unmasked, "pattern");
  const pattern = site(c, `${name}.hook_pattern`, b.apply("Softmax", [scores], { axis: -1 }), "pattern");
  const mixed = b.matmul(b.reshape(pattern, [rows, groups, shared * queries, keys]), b.transpose(v, [0, 2, 1, 3]));
  const z = b.transpose(b.reshape(mixed, [rows, heads, queries, width]), [0, 2, 1, 3]);
  return site(c, `${name}.hook_z`, back(z), "head");
}

const cap = ({ b }: Context, scores: Value, most: number): Value =>
  b.scale(b.apply("Tanh", [b.scale(scores, 1 / most)]), most);

/**
 * What each head writes, z_h·W_O of that head: [batch, token, head, feature]. Read only on demand; a program
 * that does not ask for it does not compute it. `output` is [head·feature, width], or its transpose.
 */
export function headResults(c: Context, layer: number, z: Value, output: Value, transposed: boolean): void {
  const { b } = c;
  const [batch, tokens, heads, feature] = z.shape as [number, number, number, number];
  const width = output.shape[transposed ? 0 : 1]!;
  const perHead = transposed
    ? b.transpose(b.reshape(output, [width, heads, feature]), [1, 2, 0])
    : b.reshape(output, [heads, feature, width]);
  const byHead = b.reshape(b.transpose(z, [2, 0, 1, 3]), [heads, batch * tokens, feature]);
  const results = b.transpose(b.reshape(b.matmul(byHead, perHead), [heads, batch, tokens, width]), [1, 2, 0, 3]);
  site(c, `blocks.${layer}.attn.hook_result`, results, "head");
}
