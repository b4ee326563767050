/** com.microsoft: what ONNX Runtime's optimiser and the exporters of transformers write. Facts from its ContribOperators page. */
import type { Value } from "../../../graph/builder.ts";
import { joinHeads, repeatHeads, splitHeads } from "./attention.ts";
import type { Lower, LoweringContext, Lowerings } from "./context.ts";
import { layerNorm, rms } from "./normalization.ts";
import { quantization } from "./quantization.ts";
import { blockwiseProduct } from "./blockwise.ts";

const added = (c: LoweringContext, x: Value, y: Value | null): Value => (y ? c.b.add(x, y) : x);

const gelu = (c: LoweringContext, x: Value, approximate: "none" | "tanh"): Value =>
  c.apply("Gelu", [x], { approximate });

/** The sum of both inputs, which is the residual stream, and its normalisation. */
const skipNorm =
  (normalize: (c: LoweringContext, sum: Value) => Value, biasIndex: number): Lower =>
  (c) => {
    const sum = added(c, c.b.add(c.input(0), c.input(1)), c.optional(biasIndex));
    return [normalize(c, sum), null, null, sum];
  };

function fusedMatMul(c: LoweringContext): Value {
  if (c.flag("transBatchA") || c.flag("transBatchB")) c.refuse("it transposes batches");
  const turned = (x: Value, flag: string): Value => {
    const rank = x.shape.length;
    return c.flag(flag) && rank > 1
      ? c.b.transpose(
          x,
          [...x.shape.keys()].map((axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis)),
        )
      : x;
  };
  return c.b.scale(c.b.matmul(turned(c.input(0), "transA"), turned(c.input(1), "transB")), c.float("alpha", 1));
}

const activations: Readonly<Record<string, (c: LoweringContext, x: Value) => Value>> = {
  "": (_c, x) => x,
  Relu: (c, x) => c.apply("Relu", [x]),
  Sigmoid: (c, x) => c.apply("Sigmoid", [x]),
  Tanh: (c, x) => c.apply("Tanh", [x]),
  LeakyRelu: (c, x) =>
    c.apply("LeakyRelu", [x], { alpha: c.floats("activation_params")?.[0] ?? c.float("activation_alpha", 0.01) }),
  Clip: (c, x) =>
    c.apply("Clip", [x], { min: c.floats("activation_params")?.[0], max: c.floats("activation_params")?.[1] }),
  HardSigmoid: (c, x) =>
    c.apply("HardSigmoid", [x], {
      alpha: c.floats("activation_params")?.[0],
      beta: c.floats("activation_params")?.[1],
    }),
};

/** An operator with the activation that followed it. */
const fused =
  (op: string): Lower =>
  (c) => {
    const name = c.text("activation", "");
    const activate = activations[name] ?? c.refuse(`it ends in the activation ${name}`);
    const attributes = Object.fromEntries([...c.node.attributes].filter(([key]) => !key.startsWith("activation")));
    const operands = c.inputs.slice(0, 3);
    const [y] = c.lower(op, operands, attributes);
    return activate(c, added(c, y!, c.optional(3)));
  };

function embedded(c: LoweringContext): readonly (Value | null)[] {
  const { b } = c;
  const ids = c.input(0);
  const [segments, words, places, segmentTable] = [c.optional(1), c.input(2), c.input(3), c.optional(4)];
  const given = c.optional(8);
  const positions = given ?? c.literal("int64", [1, ids.shape[1]!], (i) => i);
  const rows = (table: Value, index: Value): Value => c.apply("Gather", [table, index], { axis: 0 });
  const sum = b.add(rows(words, ids), rows(places, positions));
  const total = segments && segmentTable ? b.add(sum, rows(segmentTable, segments)) : sum;
  return [layerNorm(c, total, c.input(5), c.optional(6), c.float("epsilon", 1e-12)), null, total];
}

interface Heads {
  readonly q: Value;
  readonly k: Value;
  readonly v: Value;
}

/** softmax(QKᵀ·scale + bias)·V with every step a value of its own. */
function attended(c: LoweringContext, { q, k, v }: Heads, bias: Value | undefined, causal: boolean): Value {
  const { b } = c;
  const scale = c.float("scale", 0) || 1 / Math.sqrt(q.shape[3]!);
  const cap = c.float("softcap", 0);
  const raw = b.scale(b.matmul(q, b.transpose(k, [0, 1, 3, 2])), scale);
  const scores = cap > 0 ? b.scale(c.apply("Tanh", [b.scale(raw, 1 / cap)]), cap) : raw;
  const biased = bias ? b.add(scores, bias) : scores;
  const [queries, keys] = [q.shape[2]!, k.shape[2]!];
  const ahead = c.integer("local_window_size", -1);
  const mask = (): Value =>
    c.literal("float32", [queries, keys], (i) => {
      const distance = Math.floor(i / keys) + keys - queries - (i % keys);
      return distance < 0 || (ahead > 0 && distance >= ahead) ? -Infinity : 0;
    });
  const pattern = c.apply("Softmax", [causal ? b.add(biased, mask()) : biased], { axis: 3 });
  return joinHeads(c, b.matmul(pattern, v));
}

/** Keys to leave out: lengths, or ones and zeros beside the keys, one row a sample or one a query. */
function paddingBias(c: LoweringContext, mask: Value, keys: number): Value {
  const { b } = c;
  const filtered = c.float("mask_filter_value", -10000);
  const [batch] = mask.shape as [number];
  const wide =
    mask.shape.length === 1
      ? undefined
      : b.reshape(mask, mask.shape.length === 2 ? [batch, 1, 1, keys] : [batch, 1, ...mask.shape.slice(1)]);
  const kept = wide
    ? b.cast(b.cast(wide, "bool"), "float32")
    : b.cast(
        c.apply("Less", [c.literal("int64", [keys], (i) => i), b.reshape(b.cast(mask, "int64"), [batch, 1, 1, 1])]),
        "float32",
      );
  return b.scale(b.sub(b.scalar(1, "float32"), kept), filtered);
}

const sumOf = (c: LoweringContext, ...terms: readonly (Value | undefined)[]): Value | undefined =>
  terms
    .filter((term) => term !== undefined)
    .reduce<Value | undefined>((sum, term) => (sum ? c.b.add(sum, term!) : term), undefined);

/** BERT's fused attention: one matrix makes queries, keys and values. */
function packedAttention(c: LoweringContext): readonly (Value | null)[] {
  const { b } = c;
  const x = c.input(0);
  const heads = c.integer("num_heads") ?? c.refuse("it does not say how many heads it has");
  if (c.optional(4)) c.refuse("its past keys are packed with the values");
  const qkv = added(c, b.matmul(x, c.input(1)), c.optional(2));
  const third = qkv.shape[2]! / 3;
  const sizes = c.integers("qkv_hidden_sizes") ?? [third, third, third];
  let start = 0;
  const [q, k, v] = sizes.map((size) => {
    const part = b.slice(qkv, [2], [start], [start + size]);
    start += size;
    return splitHeads(c, part, heads);
  }) as [Value, Value, Value];
  const mask = c.optional(3);
  const bias = sumOf(c, mask ? paddingBias(c, mask, k.shape[2]!) : undefined, c.optional(5) ?? undefined);
  return [attended(c, { q, k, v }, bias, c.flag("unidirectional")), null];
}

function multiHeadAttention(c: LoweringContext): readonly (Value | null)[] {
  const { b } = c;
  const heads = c.integer("num_heads") ?? c.refuse("it does not say how many heads it has");
  if (!c.optional(1) || !c.optional(2)) return c.refuse("its queries, keys and values are packed");
  const bias = c.optional(3);
  let start = 0;
  const [q, newKey, newValue] = [0, 1, 2].map((index) => {
    const x = c.input(index);
    if (x.shape.length === 4) return x;
    const width = x.shape[2]!;
    const part = bias ? b.slice(bias, [0], [start], [start + width]) : null;
    start += width;
    return splitHeads(c, added(c, x, part), heads);
  }) as [Value, Value, Value];
  const k = c.optional(6) ? b.concat([c.input(6), newKey], 2) : newKey;
  const v = c.optional(7) ? b.concat([c.input(7), newValue], 2) : newValue;
  const padding = c.optional(4);
  const mask = sumOf(c, padding ? paddingBias(c, padding, k.shape[2]!) : undefined, c.optional(5) ?? undefined);
  return [attended(c, { q, k, v }, mask, c.flag("unidirectional")), k, v];
}

/** Causal attention of decoders, keys and values shared by groups of heads, with rotation inside. */
function groupQueryAttention(c: LoweringContext): readonly (Value | null)[] {
  const heads = c.integer("num_heads") ?? c.refuse("it does not say how many heads it has");
  const own = c.integer("kv_num_heads") ?? heads;
  const past = c.optional(3);
  if (past && past.shape[2] !== 0)
    c.refuse(
      "it continues from past keys",
      "Export the model without a key-value cache, or give the past a length of 0.",
    );
  if (!c.optional(1)) return c.refuse("its queries, keys and values are packed");
  const turned = (x: Value, count: number): Value => {
    const split = splitHeads(c, x, count);
    return c.flag("do_rotary") ? rotated(c, split, c.input(7), c.input(8), c.flag("rotary_interleaved")) : split;
  };
  const q = turned(c.input(0), heads);
  const k = turned(c.input(1), own);
  const v = splitHeads(c, c.input(2), own);
  return [
    attended(c, { q, k: repeatHeads(c, k, heads), v: repeatHeads(c, v, heads) }, c.optional(10) ?? undefined, true),
    k,
    v,
  ];
}

/** Positions count from 0. */
function rotated(c: LoweringContext, x: Value, cos: Value, sin: Value, interleaved: boolean): Value {
  const rows = (table: Value): Value => c.b.slice(table, [0], [0], [x.shape[2]!]);
  return c.lower(
    "RotaryEmbedding",
    [
      x,
      c.b.reshape(rows(cos), [1, x.shape[2]!, cos.shape[1]!]),
      c.b.reshape(rows(sin), [1, x.shape[2]!, sin.shape[1]!]),
    ],
    {
      interleaved: { kind: "int", value: interleaved ? 1 : 0 },
      rotary_embedding_dim: { kind: "int", value: 2 * cos.shape[1]! },
    },
  )[0]!;
}

/** Here positions stand second: one number to start from, or one a token. */
function rotaryEmbedding(c: LoweringContext): Value {
  const { b } = c;
  const x = c.input(0);
  const tokens = x.shape.length === 3 ? x.shape[1]! : x.shape[2]!;
  const given = c.input(1);
  const positions =
    given.shape.length === 2
      ? given
      : b.reshape(
          b.add(
            c.literal("int64", [tokens], (i) => i),
            given,
          ),
          [1, tokens],
        );
  const everyone = b.expand(positions, [x.shape[0]!, tokens]);
  const width = 2 * c.input(2).shape[1]!;
  const heads =
    c.integer("num_heads", 0) ||
    (x.shape.length === 3 ? x.shape[2]! / (c.integer("rotary_embedding_dim", 0) || width) : x.shape[1]!);
  const [y] = c.lower("RotaryEmbedding", [splitHeads(c, x, heads), c.input(2), c.input(3), everyone], {
    interleaved: { kind: "int", value: c.integer("interleaved", 0) },
    rotary_embedding_dim: { kind: "int", value: width },
  });
  return x.shape.length === 3 ? joinHeads(c, y!) : y!;
}

export const microsoft: Lowerings = {
  Gelu: (c) => gelu(c, c.input(0), "none"),
  BiasGelu: (c) => gelu(c, c.b.add(c.input(0), c.input(1)), "none"),
  FastGelu: (c) => gelu(c, added(c, c.input(0), c.optional(1)), "tanh"),
  QuickGelu: (c) => c.b.mul(c.input(0), c.apply("Sigmoid", [c.b.scale(c.input(0), c.float("alpha", 1.702))])),
  FusedMatMul: fusedMatMul,
  FusedConv: fused("Conv"),
  FusedGemm: fused("Gemm"),
  SkipLayerNormalization: skipNorm(
    (c, sum) => layerNorm(c, sum, c.input(2), c.optional(3), c.float("epsilon", 1e-12)),
    4,
  ),
  SkipSimplifiedLayerNormalization: skipNorm(
    (c, sum) => rms(c, sum, c.input(2), sum.shape.length - 1, c.float("epsilon", 1e-12)),
    3,
  ),
  EmbedLayerNormalization: embedded,
  Attention: packedAttention,
  MultiHeadAttention: multiHeadAttention,
  GroupQueryAttention: groupQueryAttention,
  RotaryEmbedding: rotaryEmbedding,
  MatMulNBits: blockwiseProduct,
  DequantizeLinear: quantization["DequantizeLinear"]!,
  QuantizeLinear: quantization["QuantizeLinear"]!,
};
