/** The pieces that the families of transformers share, one equation each. x is [batch, token, feature]. */
import type { Builder, Value } from "../graph/builder.ts";
import type { Constant } from "../graph/graph.ts";
import { sizeOf } from "../tensor/shape.ts";
import type { AttentionParts, Sequence } from "./sequence.ts";

/** What every builder is given: the graph under construction, and who sees whom. */
export interface Context {
  readonly b: Builder;
  readonly sequence: Sequence;
}

const featureAxes = ["batch", "token", "feature"];
const headAxes = ["batch", "token", "head", "feature"];
const patternAxes = ["batch", "head", "query", "key"];

/** Names a value as TransformerLens does, and gives it back. */
export function site({ b }: Context, name: string, value: Value, role: string): Value {
  const axes = role === "pattern" ? patternAxes : value.shape.length === 4 ? headAxes : featureAxes;
  b.site({ name, value: value.name, axes, role });
  return value;
}

/** A weight in the graph once, under its name in the file. One that is stored in float16 is widened whole where it is used. */
export function weight({ b }: Context, name: string, constant: Constant): Value {
  if (b.has(name)) return b.value(name);
  if (constant.dtype === "float32") return b.constant(constant, name);
  return b.apply("Cast", [b.constant(constant, `${name} as ${constant.dtype}`)], { to: "float32" }, { names: [name] });
}

/** Rows of a table of weights by index. Of a table in float16 only these are widened. */
export function rowsOf({ b }: Context, table: Value, indices: Value): Value {
  const widening = b.nodes.find(({ op, outputs }) => op === "Cast" && outputs[0] === table.name);
  return b.cast(
    b.apply("Gather", [widening ? b.value(widening.inputs[0]!) : table, indices], { axis: 0 }),
    table.dtype,
  );
}

/** x·W or x·Wᵀ, plus a bias: all tokens are one matrix. */
export function linear({ b }: Context, x: Value, w: Value, bias: Value | undefined, transposed: boolean): Value {
  const flat = b.reshape(x, [sizeOf(x.shape.slice(0, -1)), x.shape.at(-1)!]);
  const y = b.apply("Gemm", [flat, w, ...(bias ? [bias] : [])], { transB: transposed });
  return b.reshape(y, [...x.shape.slice(0, -1), y.shape[1]!]);
}

export const splitHeads = ({ b }: Context, x: Value, heads: number): Value =>
  b.reshape(x, [...x.shape.slice(0, 2), heads, x.shape[2]! / heads]);

/** RMSNorm (Zhang, Sennrich 2019): x / √(mean x² + ε) ⊙ w. */
export function rmsNorm(c: Context, name: string, x: Value, w: Value, epsilon: number): Value {
  const { b } = c;
  const square = b.apply("ReduceMean", [b.mul(x, x)], { axes: [2], keepdims: true });
  return b.mul(scaled(c, name, x, b.shift(square, epsilon)), w);
}

/** LayerNorm (Ba, Kiros, Hinton 2016): (x − mean x) / √(var x + ε) ⊙ w + bias. */
export function layerNorm(c: Context, name: string, x: Value, w: Value, bias: Value, epsilon: number): Value {
  const { b } = c;
  const centred = b.sub(x, b.apply("ReduceMean", [x], { axes: [2], keepdims: true }));
  const variance = b.apply("ReduceMean", [b.mul(centred, centred)], { axes: [2], keepdims: true });
  return b.add(b.mul(scaled(c, name, centred, b.shift(variance, epsilon)), w), bias);
}

/** x / √s, with both as sites: `hook_normalized` is before the weight, as in TransformerLens after folding. */
function scaled(c: Context, name: string, x: Value, s: Value): Value {
  const scale = site(c, `${name}.hook_scale`, c.b.apply("Sqrt", [s]), "scale");
  return site(c, `${name}.hook_normalized`, c.b.div(x, scale), "normalized");
}

/**
 * Rotary positions (Su et al. 2021), the first half of a head's features against the second:
 * (x₁, x₂) → (x₁ cos φ − x₂ sin φ, x₂ cos φ + x₁ sin φ), φ = place · frequency.
 */
export function rotate({ b, sequence }: Context, x: Value, frequencies: Float64Array): Value {
  const half = x.shape[3]! / 2;
  const angles = (f: (angle: number) => number) => {
    const table = sequence.byPlace(b, (length) => placeTable(length, frequencies, f));
    return b.reshape(table, [table.shape[0]!, table.shape[1]!, 1, half]);
  };
  const [cos, sin] = [angles(Math.cos), angles(Math.sin)];
  const [first, second] = [b.slice(x, [3], [0], [half]), b.slice(x, [3], [half], [2 * half])];
  return b.concat([b.sub(b.mul(first, cos), b.mul(second, sin)), b.add(b.mul(second, cos), b.mul(first, sin))], 3);
}

const tables = new WeakMap<Float64Array, Map<string, Constant>>();

function placeTable(length: number, frequencies: Float64Array, f: (angle: number) => number): Constant {
  const known = tables.get(frequencies) ?? new Map<string, Constant>();
  tables.set(frequencies, known);
  const key = `${f.name} ${length}`;
  const made = known.get(key) ?? tableOf(length, frequencies, f);
  known.set(key, made);
  return made;
}

function tableOf(length: number, frequencies: Float64Array, f: (angle: number) => number): Constant {
  const exact = Float64Array.from({ length: length * frequencies.length }, (_, i) =>
    f(Math.floor(i / frequencies.length) * frequencies[i % frequencies.length]!),
  );
  const shape = [length, frequencies.length];
  return { dtype: "float32", shape, exact, load: () => ({ dtype: "float32", shape, data: Float32Array.from(exact) }) };
}

/**
 * Attention (Vaswani et al. 2017): softmax(q·kᵀ/√d + mask)·v for each head. With fewer key-value heads than
 * query heads, each serves a group of query heads that lie side by side (Ainslie et al. 2023).
 * Sites: `hook_attn_scores`, `hook_pattern`, `hook_z`.
 */
export function attention(c: Context, layer: number, parts: AttentionParts): Value {
  const { b, sequence } = c;
  const name = `blocks.${layer}.attn`;
  const { q, k, v, bias, back } = sequence.attend(b, layer, parts);
  const [rows, queries, heads, width] = q.shape as [number, number, number, number];
  const [, keys, groups] = k.shape as [number, number, number];
  const shared = heads / groups;
  const grouped = b.reshape(b.transpose(q, [0, 2, 1, 3]), [rows, groups, shared * queries, width]);
  const products = b.matmul(b.scale(grouped, 1 / Math.sqrt(width)), b.transpose(k, [0, 2, 3, 1]));
  const scores = site(
    c,
    `${name}.hook_attn_scores`,
    b.add(b.reshape(products, [rows, heads, queries, keys]), bias),
    "pattern",
  );
  const pattern = site(c, `${name}.hook_pattern`, b.apply("Softmax", [scores], { axis: -1 }), "pattern");
  const mixed = b.matmul(b.reshape(pattern, [rows, groups, shared * queries, keys]), b.transpose(v, [0, 2, 1, 3]));
  const z = b.transpose(b.reshape(mixed, [rows, heads, queries, width]), [0, 2, 1, 3]);
  return site(c, `${name}.hook_z`, back(z), "head");
}

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
