import type { Value } from "../../graph/builder.ts";
import { attention, headResults, type ScoreOptions } from "./attention.ts";
import { site, type Context } from "./context.ts";
import type { Projections } from "./projection.ts";
import { rotate } from "./rotate.ts";

/** What an attention block is made of. Names are those in the file, without `.weight`. */
export interface AttentionBlock extends ScoreOptions {
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headWidth: number;
  /** Applied to the input; unset in families that normalize after the residual sum. */
  readonly norm?: ((x: Value) => Value) | undefined;
  readonly projections: Projections;
  readonly inputs: AttentionInputs;
  readonly output: string;
  /** Norms of each head's queries and keys, before they are rotated (Henry et al. 2020). */
  readonly qkNorm?: { readonly q: (x: Value) => Value; readonly k: (x: Value) => Value } | undefined;
  /** Gives the rotary frequencies, one for each pair of a head's features, after the projections have checked the head's width. */
  readonly rope?: (() => Float64Array) | undefined;
}

/** Where queries, keys and values come from: a projection each, or one whose output holds q, k and v side by side. */
export type AttentionInputs =
  { readonly q: string; readonly k: string; readonly v: string } | { readonly fused: string };

/**
 * One attention block: W_O·attention(norm(x)), before the residual sum. x is [batch, token, width].
 * Sites: `hook_q`, `hook_k`, `hook_v`, with rotary positions `hook_rot_q` and `hook_rot_k`, those of `attention`, `hook_result`
 * and `hook_attn_out`.
 */
export function attentionBlock(c: Context, layer: number, x: Value, block: AttentionBlock): Value {
  const { b } = c;
  const { heads, headWidth, norm, projections, output, qkNorm, rope } = block;
  const at = `blocks.${layer}`;
  const [q, k, v] = readInputs(c, at, norm ? norm(x) : x, block);
  const rotated = (part: "q" | "k", value: Value): Value =>
    rope ? site(c, `${at}.attn.hook_rot_${part}`, rotate(c, value, rope()), "head") : value;
  const z = attention(
    c,
    layer,
    { q: rotated("q", qkNorm ? qkNorm.q(q) : q), k: rotated("k", qkNorm ? qkNorm.k(k) : k), v },
    block,
  );
  const width = x.shape.at(-1)!;
  const joined = b.reshape(z, [z.shape[0]!, z.shape[1]!, heads * headWidth]);
  const written = site(c, `${at}.hook_attn_out`, projections.apply(c, joined, output, width), "attention");
  headResults(c, layer, z, projections.weight(c, output, heads * headWidth, width), projections.transposed);
  return written;
}

function readInputs(
  c: Context,
  at: string,
  h: Value,
  { heads, keyValueHeads, headWidth, projections, inputs }: AttentionBlock,
): readonly [Value, Value, Value] {
  const { b } = c;
  const named = (part: string, value: Value, count: number): Value =>
    site(c, `${at}.attn.hook_${part}`, splitHeads(c, value, count), "head");
  if (!("fused" in inputs)) {
    const project = (part: "q" | "k" | "v", count: number): Value =>
      named(part, projections.apply(c, h, inputs[part], count * headWidth), count);
    return [project("q", heads), project("k", keyValueHeads), project("v", keyValueHeads)];
  }
  const counts = [heads, keyValueHeads, keyValueHeads];
  const whole = projections.apply(c, h, inputs.fused, (heads + 2 * keyValueHeads) * headWidth);
  let start = 0;
  return ["q", "k", "v"].map((part, i) => {
    const from = start;
    start += counts[i]! * headWidth;
    return named(part, b.slice(whole, [2], [from], [start]), counts[i]!);
  }) as [Value, Value, Value];
}

const splitHeads = ({ b }: Context, x: Value, heads: number): Value =>
  b.reshape(x, [...x.shape.slice(0, 2), heads, x.shape[2]! / heads]);
