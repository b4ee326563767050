import type { Value } from "../../../graph/builder.ts";
import type { Json } from "../../safetensors/json.ts";
import { Config, isObject } from "../config.ts";
import type { LayerCall } from "./layer-call.ts";
import type { LayerTensor } from "./layer-tensor.ts";

type Activation = (c: LayerCall, x: LayerTensor, options: Config) => Value;

const clip = (c: LayerCall, x: Value, min: number | undefined, max: number | undefined): Value =>
  c.apply("Clip", [x], { min, max });

const unary =
  (op: string, attributes = {}): Activation =>
  (c, { value }) =>
    c.apply(op, [value], attributes);

/** Keras 3: relu6(x + 3) / 6. Before: max(0, min(1, x / 5 + 1 / 2)). */
export const hardSigmoid = (c: LayerCall, x: Value): Value =>
  c.apply("HardSigmoid", [x], { alpha: c.surroundings.version === 3 ? 1 / 6 : 0.2, beta: 0.5 });

const sigmoid = (c: LayerCall, x: Value): Value => c.apply("Sigmoid", [x]);
const positive = (c: LayerCall, x: Value): Value => c.apply("Relu", [x]);

/** x between its bounds' outsides: what is within them becomes 0. */
function hardShrink(c: LayerCall, { value }: LayerTensor, options: Config): Value {
  const beyond = c.b.greater(c.apply("Abs", [value]), c.b.scalar(options.number("threshold", 0.5), value.dtype));
  return c.b.mul(value, c.b.mask(beyond, value.dtype));
}

/** max(x − t, 0) − max(−x − t, 0). */
function softShrink(c: LayerCall, { value }: LayerTensor, options: Config): Value {
  const t = options.number("threshold", 0.5);
  return c.b.sub(positive(c, c.b.shift(value, -t)), positive(c, c.b.shift(c.b.neg(value), -t)));
}

/** 0 below −1, x above 1, (x + 1)²/4 between. */
function sparsePlus(c: LayerCall, { value }: LayerTensor): Value {
  const half = clip(c, c.b.scale(c.b.shift(value, 1), 0.5), 0, 1);
  return c.b.add(c.b.mul(half, half), positive(c, c.b.shift(value, -1)));
}

/** (x + √(x² + b)) / 2. */
function squarePlus(c: LayerCall, { value }: LayerTensor, options: Config): Value {
  const root = c.apply("Sqrt", [c.b.shift(c.b.mul(value, value), options.number("b", 4))]);
  return c.b.scale(c.b.add(value, root), 0.5);
}

/** The first half of an axis times the sigmoid of the second (Dauphin et al. 2017). */
function glu(c: LayerCall, x: LayerTensor, options: Config): Value {
  const axis = c.axis(options.integer("axis", -1), x);
  const extent = x.value.shape[axis]!;
  if (extent % 2 !== 0) c.refuse("its axis does not split into two halves");
  const half = (from: number): Value => c.b.slice(x.value, [axis], [from], [from + extent / 2]);
  return c.b.mul(half(0), sigmoid(c, half(extent / 2)));
}

/** Keras's relu: f(x) = max_value above it, x above the threshold, negative_slope·(x − threshold) below. */
export function relu(c: LayerCall, value: Value, slope: number, max: number | undefined, threshold: number): Value {
  if (threshold !== 0) {
    const above = c.b.mask(c.b.greater(value, c.b.scalar(threshold, value.dtype)), value.dtype);
    const kept = c.b.mul(max === undefined ? value : clip(c, value, undefined, max), above);
    if (slope === 0) return kept;
    const below = c.b.neg(positive(c, c.b.shift(c.b.neg(value), threshold)));
    return c.b.add(kept, c.b.scale(below, slope));
  }
  if (slope === 0) return max === undefined ? positive(c, value) : clip(c, value, 0, max);
  const leaky = c.apply("LeakyRelu", [value], { alpha: slope });
  return max === undefined ? leaky : clip(c, leaky, undefined, max);
}

const optional = (options: Config, key: string): number | undefined =>
  options.has(key) ? options.number(key) : undefined;

const silu: Activation = (c, { value }) => c.b.mul(value, sigmoid(c, value));
const hardSilu: Activation = (c, { value }) => c.b.mul(value, hardSigmoid(c, value));

/** By the names that Keras gives them in files. Definitions: keras.io/api/layers/activations. */
const table: Readonly<Record<string, Activation>> = {
  linear: (_, { value }) => value,
  relu: (c, { value }, o) =>
    relu(
      c,
      value,
      o.number("negative_slope", o.number("alpha", 0)),
      optional(o, "max_value"),
      o.number("threshold", 0),
    ),
  relu6: (c, { value }) => clip(c, value, 0, 6),
  leaky_relu: (c, { value }, o) => relu(c, value, o.number("negative_slope", o.number("alpha", 0.2)), undefined, 0),
  elu: (c, { value }, o) => c.apply("Elu", [value], { alpha: o.number("alpha", 1) }),
  celu: (c, { value }, o) => c.apply("Celu", [value], { alpha: o.number("alpha", 1) }),
  selu: unary("Selu", { alpha: 1.6732632423543772, gamma: 1.0507009873554805 }),
  softplus: unary("Softplus"),
  softsign: unary("Softsign"),
  tanh: unary("Tanh"),
  sigmoid: unary("Sigmoid"),
  exponential: unary("Exp"),
  exp: unary("Exp"),
  silu,
  swish: silu,
  hard_sigmoid: (c, { value }) => hardSigmoid(c, value),
  hard_silu: hardSilu,
  hard_swish: hardSilu,
  gelu: (c, { value }, o) => c.apply("Gelu", [value], { approximate: o.flag("approximate", false) ? "tanh" : "none" }),
  gelu_new: unary("Gelu", { approximate: "tanh" }),
  mish: (c, { value }) => c.b.mul(value, c.apply("Tanh", [c.apply("Softplus", [value])])),
  softmax: (c, x, o) => c.apply("Softmax", [x.value], { axis: c.axis(o.integer("axis", -1), x) }),
  log_softmax: (c, x, o) => c.apply("LogSoftmax", [x.value], { axis: c.axis(o.integer("axis", -1), x) }),
  log_sigmoid: (c, { value }) => c.b.neg(c.apply("Softplus", [c.b.neg(value)])),
  glu,
  hard_tanh: (c, { value }) => clip(c, value, -1, 1),
  hard_shrink: hardShrink,
  soft_shrink: softShrink,
  tanh_shrink: (c, { value }) => c.b.sub(value, c.apply("Tanh", [value])),
  sparse_plus: sparsePlus,
  sparse_sigmoid: (c, { value }) => clip(c, c.b.scale(c.b.shift(value, 1), 0.5), 0, 1),
  squareplus: squarePlus,
  threshold: (c, { value }, o) =>
    c.b.where(
      c.b.greater(value, c.b.scalar(o.number("threshold"), value.dtype)),
      value,
      c.b.scalar(o.number("default_value", o.number("value", 0)), value.dtype),
    ),
};

const snake = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();

/** The name of an activation and its options: a text, or `{class_name, config}`, whose config may again be the name. */
export function activationNamed(c: LayerCall, given: Json | undefined): { name: string; options: Config } {
  const none = new Config(new Map(), c.config.where);
  if (given === undefined || given === null) return { name: "linear", options: none };
  if (typeof given === "string") return { name: snake(given), options: none };
  if (!isObject(given)) return c.refuse("its activation is not described");
  const className = given.get("class_name");
  const config = given.get("config");
  if (typeof config === "string") return { name: snake(config), options: none };
  const options = new Config(isObject(config) ? config : new Map(), c.config.where);
  if (className === "function" || className === "Lambda")
    return c.refuse("its activation is a program, which is not run", exportHint);
  const inner = options.raw("activation");
  if (className === "Activation" && inner !== undefined) return activationNamed(c, inner);
  return { name: typeof className === "string" ? (layerNames[className] ?? snake(className)) : "", options };
}

const layerNames: Readonly<Record<string, string>> = {
  ReLU: "relu",
  ELU: "elu",
  LeakyReLU: "leaky_relu",
  GELU: "gelu",
  SiLU: "silu",
};

export const exportHint =
  'Export the network to ONNX from the program that defines it: model.export("model.onnx", format="onnx").';

export function applyActivation(c: LayerCall, x: LayerTensor, given: Json | undefined): LayerTensor {
  const { name, options } = activationNamed(c, given);
  if (!Object.hasOwn(table, name)) c.refuse(`its activation "${name.slice(0, 60)}" is not known`, exportHint);
  return { ...x, value: table[name]!(c, x, options) };
}

/** Applies the layer's option `activation`. */
export const activated = (c: LayerCall, x: LayerTensor): LayerTensor =>
  applyActivation(c, x, c.config.raw("activation"));
