import type { Value } from "../../../graph/builder.ts";
import { isFloat, type DType } from "../../../tensor/dtype.ts";
import type { Json } from "../../safetensors/json.ts";
import { applyActivation } from "../layers/activation-functions.ts";
import { asLayerTensor, inKerasOrder, type LayerTensor } from "../layers/layer-tensor.ts";
import { aligned } from "../layers/merging.ts";
import type { Operation } from "./operation.ts";

export type OperationLaw = (o: Operation) => LayerTensor | readonly LayerTensor[];

/** Two tensors with their axes in one order; a constant vector beside channels that stand second is turned. */
export function pair(
  o: Operation,
  x: LayerTensor,
  y: LayerTensor,
): { values: readonly [Value, Value]; channelsFirst: boolean } {
  const { c } = o;
  for (const [image, other, swap] of [
    [x, y, false],
    [y, x, true],
  ] as const) {
    const rank = other.value.shape.length;
    if (!image.channelsFirst || other.channelsFirst || rank > 1) continue;
    const beside =
      rank === 1
        ? c.b.reshape(other.value, [other.value.shape[0]!, ...image.value.shape.slice(2).map(() => 1)])
        : other.value;
    const [first, second] = o.alike(image.value, beside);
    return { values: swap ? [second, first] : [first, second], channelsFirst: true };
  }
  if (x.value.shape.length === y.value.shape.length && x.value.shape.length > 2) {
    const { values, channelsFirst } = aligned(c, [x, y]);
    return { values: o.alike(values[0]!, values[1]!), channelsFirst };
  }
  return { values: o.alike(inKerasOrder(c.b, x), inKerasOrder(c.b, y)), channelsFirst: false };
}

const x1 = ["x1", "x", "a"] as const;
const x2 = ["x2", "y", "b", "bias"] as const;

const binary =
  (combine: (o: Operation, x: Value, y: Value) => Value): OperationLaw =>
  (o) => {
    const { values, channelsFirst } = pair(o, o.tensor(0, ...x1), o.tensor(1, ...x2));
    return { value: combine(o, values[0], values[1]), channelsFirst };
  };

const operator = (op: string): OperationLaw => binary((o, x, y) => o.c.apply(op, [x, y]));
const floats = (op: string): OperationLaw =>
  binary((o, x, y) => o.c.apply(op, [o.c.b.cast(x, "float32"), o.c.b.cast(y, "float32")]));

const unary =
  (compute: (o: Operation, x: Value) => Value): OperationLaw =>
  (o) => {
    const x = o.tensor(0, "x", "inputs", "features", "input", "logits");
    return { value: compute(o, x.value), channelsFirst: x.channelsFirst };
  };

const plain = (op: string): OperationLaw => unary((o, x) => o.c.apply(op, [o.c.b.cast(x, "float32")]));

const names: Readonly<Record<string, string>> = {
  half: "float32",
  float16: "float32",
  float: "float32",
  double: "float32",
  float64: "float32",
  bfloat16: "float32",
};

function dtypeOf(o: Operation, given: Json | undefined, fallback: DType): DType {
  const config = given instanceof Map ? (given as ReadonlyMap<string, Json>).get("config") : given;
  const text = config instanceof Map ? (config as ReadonlyMap<string, Json>).get("name") : config;
  if (text === undefined || text === null) return fallback;
  const name = typeof text === "string" ? (names[text] ?? text) : "";
  return name === "float32" || name === "int32" || name === "int64" || name === "bool"
    ? name
    : o.c.refuse(`the type "${name.slice(0, 40)}" is not supported`);
}

const cast: OperationLaw = (o) => {
  const x = o.tensor(0, "x");
  return { value: o.c.b.cast(x.value, dtypeOf(o, o.json(1, "dtype"), x.value.dtype)), channelsFirst: x.channelsFirst };
};

const clip: OperationLaw = (o) => {
  const x = o.tensor(0, "x", "t");
  const min = o.number(-Infinity, 1, "x_min", "clip_value_min");
  const max = o.number(Infinity, 2, "x_max", "clip_value_max");
  const bounds = { ...(min > -Infinity && { min }), ...(max < Infinity && { max }) };
  return { value: o.c.apply("Clip", [o.c.b.cast(x.value, "float32")], bounds), channelsFirst: x.channelsFirst };
};

const where: OperationLaw = (o) => {
  const condition = o.value(0, "condition");
  const [x, y] = o.alike(o.value(1, "x1", "x"), o.value(2, "x2", "y"));
  return asLayerTensor(o.c.b.where(o.c.b.cast(condition, "bool"), x, y));
};

const filled =
  (value: number): OperationLaw =>
  (o) => {
    const x = o.tensor(0, "x", "input");
    const dtype = isFloat(x.value.dtype) ? "float32" : x.value.dtype;
    return { value: o.c.b.expand(o.c.b.scalar(value, dtype), x.value.shape), channelsFirst: x.channelsFirst };
  };

const activations =
  "relu relu6 leaky_relu elu celu selu softplus softsign silu hard_sigmoid hard_silu gelu mish softmax log_softmax log_sigmoid glu hard_tanh hard_shrink soft_shrink tanh_shrink sparse_plus sparse_sigmoid squareplus sigmoid tanh".split(
    " ",
  );
const optionNames: Readonly<Record<string, string>> = { alpha: "negative_slope" };

/** keras.ops.nn and tf.nn: the activation functions of layers, with their options in the call. */
const activation =
  (name: string): OperationLaw =>
  (o) => {
    const x = o.tensor(0, "x", "features", "logits", "inputs");
    const options = new Map<string, Json>();
    for (const key of ["negative_slope", "alpha", "axis", "approximate", "threshold", "max_value", "b"]) {
      const value = o.json(99, key);
      if (value !== undefined && value !== null)
        options.set(name === "leaky_relu" ? (optionNames[key] ?? key) : key, value);
    }
    const second = o.c.args[1] === undefined ? undefined : o.json(1);
    if (typeof second === "number")
      options.set({ leaky_relu: "negative_slope", softmax: "axis", log_softmax: "axis" }[name] ?? "alpha", second);
    const given = new Map<string, Json>([
      ["class_name", name],
      ["config", options],
    ]);
    return applyActivation(o.c, { ...x, value: o.c.b.cast(x.value, "float32"), mask: undefined }, given);
  };

export const elementwise: Readonly<Record<string, OperationLaw>> = {
  add: operator("Add"),
  subtract: operator("Sub"),
  multiply: operator("Mul"),
  divide: floats("Div"),
  power: floats("Pow"),
  maximum: operator("Max"),
  minimum: operator("Min"),
  floor_divide: binary((o, x, y) => o.c.apply("Floor", [o.c.b.div(x, y)])),
  squared_difference: binary((o, x, y) => o.c.b.mul(o.c.b.sub(x, y), o.c.b.sub(x, y))),
  equal: operator("Equal"),
  not_equal: binary((o, x, y) => o.c.apply("Not", [o.c.apply("Equal", [x, y])])),
  greater: operator("Greater"),
  greater_equal: operator("GreaterOrEqual"),
  less: operator("Less"),
  less_equal: operator("LessOrEqual"),
  logical_and: operator("And"),
  logical_or: operator("Or"),
  logical_xor: operator("Xor"),
  logical_not: unary((o, x) => o.c.apply("Not", [x])),
  negative: unary((o, x) => o.c.b.neg(x)),
  absolute: unary((o, x) => o.c.apply("Abs", [x])),
  square: unary((o, x) => o.c.b.mul(x, x)),
  sqrt: plain("Sqrt"),
  rsqrt: unary((o, x) => o.c.apply("Reciprocal", [o.c.apply("Sqrt", [o.c.b.cast(x, "float32")])])),
  reciprocal: plain("Reciprocal"),
  exp: plain("Exp"),
  expm1: unary((o, x) => o.c.b.shift(o.c.apply("Exp", [x]), -1)),
  log: plain("Log"),
  log1p: unary((o, x) => o.c.apply("Log", [o.c.b.shift(x, 1)])),
  sign: unary((o, x) => o.c.apply("Sign", [x])),
  floor: plain("Floor"),
  ceil: plain("Ceil"),
  round: plain("Round"),
  erf: plain("Erf"),
  sin: plain("Sin"),
  cos: plain("Cos"),
  tan: plain("Tan"),
  sinh: plain("Sinh"),
  cosh: plain("Cosh"),
  arcsin: plain("Asin"),
  arccos: plain("Acos"),
  arctan: plain("Atan"),
  identity: unary((_, x) => x),
  cast,
  clip,
  where,
  zeros_like: filled(0),
  ones_like: filled(1),
  ...Object.fromEntries(activations.map((name) => [name, activation(name)])),
};
