import { normalizeAxis } from "../../../tensor/shape.ts";
import type { Value } from "../../../graph/builder.ts";
import { otherwise, type LoweringContext, type Lowerings } from "./context.ts";

/** One number per channel, beside an image of any rank. */
const perChannel = (c: LoweringContext, x: Value, values: Value): Value =>
  c.b.reshape(values, [values.shape[0]!, ...x.shape.slice(2).map(() => 1)]);

/** (x − mean)/√(variance + ε) over `axes`. */
function standardized(
  c: LoweringContext,
  x: Value,
  axes: readonly number[],
  epsilon: number,
): { normal: Value; mean: Value; inverse: Value } {
  const { b } = c;
  const mean = c.apply("ReduceMean", [x], { axes, keepdims: true });
  const centred = b.sub(x, mean);
  const variance = c.apply("ReduceMean", [b.mul(centred, centred)], { axes, keepdims: true });
  const inverse = c.apply("Reciprocal", [c.apply("Sqrt", [b.shift(variance, epsilon)])]);
  return { normal: b.mul(centred, inverse), mean, inverse };
}

const from = (first: number, rank: number): number[] => Array.from({ length: rank - first }, (_, i) => first + i);

/** Inference: a scale and a shift per channel, whose constants fold. γ(x − μ)/√(σ² + ε) + β. */
function batchNormalization(c: LoweringContext): readonly (Value | null)[] {
  const { b } = c;
  const x = c.input(0);
  const epsilon = c.float("epsilon", 1e-5);
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((i) => c.input(i)) as [Value, Value, Value, Value];
  if (c.flag("training_mode")) return trainingStep(c, epsilon, gamma, beta, mean, variance);
  if (c.version < 9 && c.integer("spatial", 1) === 0) c.refuse("it normalises each place by itself");
  const factor = b.div(gamma, c.apply("Sqrt", [b.shift(variance, epsilon)]));
  const offset = b.sub(beta, b.mul(mean, factor));
  return [b.add(b.mul(x, perChannel(c, x, factor)), perChannel(c, x, offset))];
}

/** Training mode normalises by the batch's own statistics and gives their running mean. */
function trainingStep(
  c: LoweringContext,
  epsilon: number,
  gamma: Value,
  beta: Value,
  mean: Value,
  variance: Value,
): Value[] {
  const { b } = c;
  const x = c.input(0);
  const axes = [0, ...from(2, x.shape.length)];
  const momentum = c.float("momentum", 0.9);
  const standard = standardized(c, x, axes, epsilon);
  const centred = b.sub(x, standard.mean);
  const now = c.apply("ReduceMean", [b.mul(centred, centred)], { axes, keepdims: false });
  const blend = (old: Value, current: Value): Value =>
    b.add(b.scale(old, momentum), b.scale(b.reshape(current, old.shape), 1 - momentum));
  c.session.notes.add("batch normalisation runs in training mode: each batch is normalised by itself");
  return [
    b.add(b.mul(standard.normal, perChannel(c, x, gamma)), perChannel(c, x, beta)),
    blend(mean, standard.mean),
    blend(variance, now),
  ];
}

function layerNormalization(c: LoweringContext): Value[] {
  const { b } = c;
  const x = c.input(0);
  const axis = c.axis("axis", -1);
  const { normal, mean, inverse } = standardized(c, x, from(axis, x.shape.length), c.float("epsilon", 1e-5));
  const scaled = b.mul(normal, c.input(1));
  const bias = c.optional(2);
  return [bias ? b.add(scaled, bias) : scaled, mean, inverse];
}

/** Over the last axis. */
export function layerNorm(c: LoweringContext, x: Value, scale: Value, bias: Value | null, epsilon: number): Value {
  return c.apply("LayerNormalization", bias ? [x, scale, bias] : [x, scale], { axis: x.shape.length - 1, epsilon });
}

/** x/√(mean x² + ε) · γ (Zhang and Sennrich 2019). */
export function rms(c: LoweringContext, x: Value, scale: Value | null, axis: number, epsilon: number): Value {
  const { b } = c;
  const mean = c.apply("ReduceMean", [b.mul(x, x)], { axes: from(axis, x.shape.length), keepdims: true });
  const normal = b.mul(x, c.apply("Reciprocal", [c.apply("Sqrt", [b.shift(mean, epsilon)])]));
  return scale ? b.mul(normal, scale) : normal;
}

/** Until opset 20 scale and bias were one per group, then one per channel. */
function groupNormalization(c: LoweringContext): Value {
  const { b } = c;
  const x = c.input(0);
  const groups = c.integer("num_groups") ?? c.refuse("it has no number of groups");
  const channels = x.shape[1]!;
  const spread = (value: Value): Value =>
    value.shape[0] === channels
      ? value
      : b.reshape(b.expand(b.reshape(value, [groups, 1]), [groups, channels / groups]), [channels]);
  return c.apply("GroupNormalization", [x, spread(c.input(1)), spread(c.input(2))], {
    num_groups: groups,
    epsilon: c.float("epsilon", 1e-5),
  });
}

/** x/‖x‖ₚ along an axis; what is all 0 stays 0. */
function lpNormalization(c: LoweringContext): Value {
  const { b } = c;
  const x = c.input(0);
  const axes = [normalizeAxis(c.integer("axis", -1), x.shape.length)];
  const norm =
    c.integer("p", 2) === 1
      ? b.sum(c.apply("Abs", [x]), axes, true)
      : c.apply("Sqrt", [b.sum(b.mul(x, x), axes, true)]);
  const isZero = c.apply("Equal", [norm, b.scalar(0, x.dtype)]);
  return b.div(x, b.where(isZero, b.scalar(1, x.dtype), norm));
}

export const normalization: Lowerings = {
  BatchNormalization: batchNormalization,
  LayerNormalization: (c) => {
    const simple = c.node.outputs.slice(1).every((name) => name === "");
    if (!simple) return layerNormalization(c);
    return c.apply(
      "LayerNormalization",
      c.optional(2) ? [c.input(0), c.input(1), c.input(2)] : [c.input(0), c.input(1)],
      { axis: c.axis("axis", -1), epsilon: c.float("epsilon", 1e-5) },
    );
  },
  RMSNormalization: otherwise((c) => rms(c, c.input(0), c.input(1), c.axis("axis", -1), c.float("epsilon", 1e-5))),
  /** The name under which ONNX Runtime writes it into the standard domain. */
  SimplifiedLayerNormalization: (c) => rms(c, c.input(0), c.input(1), c.axis("axis", -1), c.float("epsilon", 1e-5)),
  GroupNormalization: groupNormalization,
  LpNormalization: otherwise(lpNormalization),
  /** Without a variance's ε, as ONNX defines it: (x − μ)/(σ + 1e-9). */
  MeanVarianceNormalization: otherwise((c) => {
    const x = c.input(0);
    const axes = (c.integers("axes") ?? [0, 2, 3]).map((axis) => normalizeAxis(axis, x.shape.length));
    const centred = c.b.sub(x, c.apply("ReduceMean", [x], { axes, keepdims: true }));
    const variance = c.apply("ReduceMean", [c.b.mul(centred, centred)], { axes, keepdims: true });
    return c.b.div(centred, c.b.shift(c.apply("Sqrt", [variance]), 1e-9));
  }),
};
