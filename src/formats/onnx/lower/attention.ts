import type { Value } from "../../../graph/builder.ts";
import type { LoweringContext, Lowerings } from "./context.ts";

/** [batch, token, heads·width] as [batch, head, token, width]. */
export function splitHeads(c: LoweringContext, x: Value, heads: number | undefined): Value {
  if (x.shape.length === 4) return x;
  const [batch, tokens, features] = x.shape as [number, number, number];
  const count = heads ?? c.refuse("it does not say how many heads its features hold");
  return c.b.transpose(c.b.reshape(x, [batch, tokens, count, features / count]), [0, 2, 1, 3]);
}

export const joinHeads = (c: LoweringContext, x: Value): Value =>
  c.b.reshape(c.b.transpose(x, [0, 2, 1, 3]), [x.shape[0]!, x.shape[2]!, x.shape[1]! * x.shape[3]!]);

/** Each key-value head serves a group of query heads that lie side by side. */
export function repeatHeads(c: LoweringContext, x: Value, heads: number): Value {
  const [batch, own, tokens, width] = x.shape as [number, number, number, number];
  if (own === heads) return x;
  const wide = c.b.expand(c.b.reshape(x, [batch, own, 1, tokens, width]), [batch, own, heads / own, tokens, width]);
  return c.b.reshape(wide, [batch, heads, tokens, width]);
}

/** 0 where `allowed`, −∞ elsewhere. */
const biasOf = (c: LoweringContext, allowed: Value): Value =>
  c.b.where(allowed, c.b.scalar(0, "float32"), c.b.scalar(-Infinity, "float32"));

const sumOf = (c: LoweringContext, x: Value | undefined, y: Value): Value => (x ? c.b.add(x, y) : y);

/** Query i stands at key i + offset; a window of −1 is open on that side. */
interface Frontier {
  readonly left: number;
  readonly right: number;
}

function frontierBias(
  c: LoweringContext,
  queries: number,
  keys: number,
  { left, right }: Frontier,
  offset: number | Value,
): Value {
  if (typeof offset === "number") {
    const allowed = c.literal("bool", [queries, keys], (at) => {
      const distance = Math.floor(at / keys) + offset - (at % keys);
      return (left < 0 || distance <= left) && (right < 0 || -distance <= right) ? 1 : 0;
    });
    return biasOf(c, allowed);
  }
  const row = c.b.add(
    c.literal("int64", [queries, 1], (i) => i),
    c.b.reshape(offset, [offset.shape[0]!, 1, 1, 1]),
  );
  const distance = c.b.sub(
    row,
    c.literal("int64", [1, keys], (i) => i),
  );
  const within = (bound: number, value: Value): Value | undefined =>
    bound < 0 ? undefined : c.apply("LessOrEqual", [value, c.b.scalar(bound, "int64")]);
  const [near, far] = [within(left, distance), within(right, c.b.neg(distance))];
  return biasOf(c, near && far ? c.apply("And", [near, far]) : (near ?? far)!);
}

interface Mask {
  /** Added to the scores. */
  readonly bias: Value;
  /** Whether a query may be left without a key: its output is then 0, not NaN. */
  readonly mayBlind: boolean;
}

function maskOf(c: LoweringContext, queries: number, keys: number, past: number): Mask | undefined {
  const { b } = c;
  const lengths = c.optional(6);
  const offset = lengths && !c.optional(4) ? b.sub(b.cast(lengths, "int64"), b.scalar(queries, "int64")) : past;
  let bias: Value | undefined;
  let mayBlind = false;
  const given = c.optional(3);
  if (given) {
    // A mask may be of any number type; what is added to the scores is of theirs.
    const additive = given.dtype === "bool" ? biasOf(c, given) : b.cast(given, c.input(0).dtype);
    const short = keys - additive.shape.at(-1)!;
    const zeros = additive.shape.map(() => 0);
    bias =
      short > 0
        ? c.apply("Pad", [additive], { pads: [...zeros, ...zeros.slice(1), short], constant_value: -Infinity })
        : additive;
    mayBlind = !c.session.known.of(bias) || hasBlindRow(c.session.known.of(bias)!.data, keys);
  }
  const window: Frontier = { left: c.integer("left_window_size", -1), right: c.integer("right_window_size", -1) };
  if (c.flag("is_causal")) bias = sumOf(c, bias, frontierBias(c, queries, keys, { left: -1, right: 0 }, offset));
  if (window.left >= 0 || window.right >= 0) bias = sumOf(c, bias, frontierBias(c, queries, keys, window, offset));
  if (lengths) {
    const present = c.apply("Less", [
      c.literal("int64", [keys], (i) => i),
      b.reshape(b.cast(lengths, "int64"), [lengths.shape[0]!, 1, 1, 1]),
    ]);
    bias = sumOf(c, bias, biasOf(c, present));
    mayBlind = true;
  }
  return bias && { bias, mayBlind: mayBlind || window.left >= 0 || (given !== null && c.flag("is_causal")) };
}

function hasBlindRow(bias: Float64Array, keys: number): boolean {
  for (let row = 0; row < bias.length; row += keys)
    if (bias.subarray(row, row + keys).every((value) => value === -Infinity)) return true;
  return false;
}

/**
 * softmax(scale·QKᵀ + mask)·V with every step a value of its own (Vaswani et al. 2017). A soft cap
 * bends the scores, cap·tanh(s/cap), before the mask. ONNX Attention-23 and 24.
 */
function attend(c: LoweringContext): readonly (Value | null)[] {
  const { b } = c;
  const q = splitHeads(c, c.input(0), c.integer("q_num_heads"));
  const heads = q.shape[1]!;
  const own = c.integer("kv_num_heads");
  const pastKey = c.optional(4);
  const pastValue = c.optional(5);
  const newKey = splitHeads(c, c.input(1), own);
  const newValue = splitHeads(c, c.input(2), own);
  const presentKey = pastKey ? b.concat([pastKey, newKey], 2) : newKey;
  const presentValue = pastValue ? b.concat([pastValue, newValue], 2) : newValue;
  const k = repeatHeads(c, presentKey, heads);
  const v = repeatHeads(c, presentValue, heads);
  const [queries, keys] = [q.shape[2]!, k.shape[2]!];

  const scale = c.float("scale") ?? 1 / Math.sqrt(q.shape[3]!);
  const raw = b.scale(b.matmul(q, b.transpose(k, [0, 1, 3, 2])), scale);
  const cap = c.float("softcap", 0);
  const scores = cap > 0 ? b.scale(c.apply("Tanh", [b.scale(raw, 1 / cap)]), cap) : raw;
  const mask = maskOf(c, queries, keys, pastKey?.shape[2] ?? 0);
  const masked = mask ? b.add(scores, mask.bias) : scores;
  const pattern = mask?.mayBlind ? guardedSoftmax(c, masked, mask.bias) : c.apply("Softmax", [masked], { axis: 3 });
  const mixed = b.matmul(pattern, v);
  const shown =
    [raw, scores, masked, pattern][c.integer("qk_matmul_output_mode", 0)] ??
    c.refuse("its qk_matmul_output_mode is unknown");
  return [c.input(0).shape.length === 3 ? joinHeads(c, mixed) : mixed, presentKey, presentValue, shown];
}

/** A row without keys gets harmless scores first and a pattern of zeros afterwards, so that its gradient is 0 too. */
function guardedSoftmax(c: LoweringContext, scores: Value, bias: Value): Value {
  const { b } = c;
  const highest = c.apply("ReduceMax", [bias], { axes: [bias.shape.length - 1], keepdims: true });
  const blind = c.apply("Equal", [highest, b.scalar(-Infinity, "float32")]);
  const safe = b.where(blind, b.scalar(0, "float32"), scores);
  return b.mul(c.apply("Softmax", [safe], { axis: 3 }), b.mask(c.apply("Not", [blind]), "float32"));
}

/**
 * Rotates pairs of features by an angle that grows with the position (Su et al. 2021):
 * (x₁cos − x₂sin, x₁sin + x₂cos). Pairs are the two halves, or neighbours if interleaved.
 */
function rotary(c: LoweringContext): Value {
  const { b } = c;
  const given = c.input(0);
  const flat = given.shape.length === 3;
  const x = flat ? splitHeads(c, given, c.integer("num_heads")) : given;
  const width = c.integer("rotary_embedding_dim", 0) || x.shape[3]!;
  const positions = c.optional(3);
  const angles = (index: number): Value => {
    const cache = c.input(index);
    const chosen = positions ? c.apply("Gather", [cache, positions], { axis: 0 }) : cache;
    const [batch, tokens, half] = chosen.shape.length === 3 ? chosen.shape : [1, ...chosen.shape];
    return b.reshape(chosen, [batch!, 1, tokens!, half!]);
  };
  const [cos, sin] = [angles(1), angles(2)];
  const interleaved = c.flag("interleaved");
  const half = width / 2;
  const part = (index: number): Value =>
    interleaved ? b.slice(x, [3], [index], [width], [2]) : b.slice(x, [3], [index * half], [(index + 1) * half]);
  const [first, second] = [part(0), part(1)];
  const rotated = [b.sub(b.mul(cos, first), b.mul(sin, second)), b.add(b.mul(sin, first), b.mul(cos, second))];
  const pairs = interleaved
    ? b.reshape(
        b.concat(
          rotated.map((value) => b.reshape(value, [...value.shape, 1])),
          4,
        ),
        [...x.shape.slice(0, 3), width],
      )
    : b.concat(rotated, 3);
  const whole = width === x.shape[3] ? pairs : b.concat([pairs, b.slice(x, [3], [width], [x.shape[3]!])], 3);
  return flat ? joinHeads(c, whole) : whole;
}

export const attention: Lowerings = { Attention: attend, RotaryEmbedding: rotary };
