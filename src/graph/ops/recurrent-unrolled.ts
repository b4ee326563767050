/** Recurrent layers unrolled over time into core operators. */
import { formatShape } from "../../tensor/shape.ts";
import type { TensorType } from "../../tensor/tensor.ts";
import { flag, float, floats, integer, maybe, text, texts, type AttributesOf } from "../attributes.ts";
import type { Builder, Value } from "../builder.ts";
import type { Operands } from "../operator.ts";
import { gruCell, lstmCell, rnnCell, type Activation, type Cell, type Direction } from "./recurrent-cells.ts";

const shared = {
  /** Optional in ONNX, but ONNX Runtime insists. */
  hidden_size: integer(),
  direction: text("forward"),
  activations: maybe(texts()),
  activation_alpha: maybe(floats()),
  activation_beta: maybe(floats()),
  clip: maybe(float()),
};

export const recurrentAttributes = {
  LSTM: { ...shared, input_forget: flag(false) },
  GRU: { ...shared, linear_before_reset: flag(false) },
  RNN: shared,
};

export type RecurrentOptions = AttributesOf<typeof shared> & {
  readonly input_forget?: boolean;
  readonly linear_before_reset?: boolean;
};

export type RecurrentOperator = keyof typeof recurrentAttributes;

interface Layer {
  readonly gates: number;
  /** LSTM carries c beside h. */
  readonly states: number;
  readonly activations: readonly string[];
  readonly cell: (options: RecurrentOptions) => Cell;
}

export const recurrentLayers: Readonly<Record<RecurrentOperator, Layer>> = {
  LSTM: {
    gates: 4,
    states: 2,
    activations: ["Sigmoid", "Tanh", "Tanh"],
    cell: ({ input_forget }) => lstmCell(input_forget === true),
  },
  GRU: {
    gates: 3,
    states: 1,
    activations: ["Sigmoid", "Tanh"],
    cell: ({ linear_before_reset }) => gruCell(linear_before_reset === true),
  },
  RNN: { gates: 1, states: 1, activations: ["Tanh"], cell: () => rnnCell },
};

/** Y [time, direction, batch, hidden] and the last state of each kind [direction, batch, hidden]. */
export function recurrentTypes(
  op: RecurrentOperator,
  [x, w, r, bias, lengths, ...states]: Operands<TensorType, readonly [3, 8]>,
  options: RecurrentOptions,
): readonly TensorType[] {
  const { gates, states: kinds, activations } = recurrentLayers[op];
  const directions = directionCount(op, options.direction);
  const names = namesOf(options, activations);
  if (names.length !== directions * activations.length)
    throw new RangeError(`${op} needs ${directions * activations.length} activations, not ${names.length}`);
  const strange = names.find((name) => !functions.has(name.toLowerCase()));
  if (strange !== undefined) throw new RangeError(`${op} does not support the activation ${strange}`);
  const refuse = (what: string): never => {
    throw new RangeError(
      `${op} in ${directions} direction${directions > 1 ? "s" : ""} cannot apply weights of ${formatShape(w.shape)} and ${formatShape(r.shape)} to ${formatShape(x.shape)}: ${what}`,
    );
  };
  if (x.shape.length !== 3 || w.shape.length !== 3 || r.shape.length !== 3) refuse("all need three axes");
  const [time, batch, features] = x.shape as readonly [number, number, number];
  const hidden = r.shape[2]!;
  if (options.hidden_size !== hidden) refuse(`hidden_size is ${options.hidden_size}`);
  const fits = (type: TensorType | undefined, shape: readonly number[]): boolean =>
    type === undefined ||
    (type.shape.length === shape.length && type.shape.every((extent, axis) => extent === shape[axis]));
  if (!fits(w, [directions, gates * hidden, features])) refuse("W does not fit");
  if (!fits(r, [directions, gates * hidden, hidden])) refuse("R does not fit");
  if (!fits(bias, [directions, 2 * gates * hidden])) refuse("B does not fit");
  if (!fits(lengths, [batch])) refuse("there must be one length for each sequence");
  if (!states.slice(0, kinds).every((state) => fits(state, [directions, batch, hidden])))
    refuse("an initial state does not fit");
  if (op === "LSTM" && !fits(states[2], [directions, 3 * hidden])) refuse("P does not fit");
  const last = { dtype: x.dtype, shape: [directions, batch, hidden] };
  return [{ dtype: x.dtype, shape: [time, directions, batch, hidden] }, ...Array.from({ length: kinds }, () => last)];
}

function directionCount(op: string, direction: string): number {
  if (direction === "bidirectional") return 2;
  if (direction === "forward" || direction === "reverse") return 1;
  throw new RangeError(`${op} does not support the direction ${direction}`);
}

/**
 * The layer as products, gates and concatenations. Where a sequence is shorter than the batch's time, its states
 * wait and its outputs are 0: read backwards, that leaves the initial state untouched until its last element.
 */
export function unroll(
  op: RecurrentOperator,
  b: Builder,
  inputs: Operands<Value, readonly [3, 8]>,
  options: RecurrentOptions,
): readonly Value[] {
  const { states: kinds } = recurrentLayers[op];
  const [time] = inputs[0].shape;
  const directions = directionCount(op, options.direction);
  const runs = Array.from({ length: directions }, (_, d) => runDirection(op, b, inputs, options, d, directions));
  const steps = Array.from({ length: time! }, (_, t) =>
    b.concat(
      runs.map(({ outputs }) => outputs[t]!),
      1,
    ),
  );
  return [
    b.concat(steps, 0),
    ...Array.from({ length: kinds }, (_, kind) =>
      b.concat(
        runs.map(({ last }) => last[kind]!),
        0,
      ),
    ),
  ];
}

function runDirection(
  op: RecurrentOperator,
  b: Builder,
  inputs: readonly (Value | undefined)[],
  options: RecurrentOptions,
  d: number,
  directions: number,
) {
  const { gates, states: kinds, activations, cell } = recurrentLayers[op];
  const [x, w, r, bias, lengths, ...rest] = inputs as readonly [Value, Value, Value, ...(Value | undefined)[]];
  const [time, batch, features] = x.shape as readonly [number, number, number];
  const hidden = r.shape[2]!;
  const rows = gates * hidden;
  const mine = (value: Value, shape: readonly number[]): Value =>
    b.reshape(directions === 1 ? value : b.slice(value, [0], [d], [d + 1]), shape);
  const biases = bias && mine(bias, [2 * rows]);
  const { clip } = options;
  const direction: Direction = {
    b,
    hidden,
    activations: activationsOf(b, options, activations).slice(d * activations.length, (d + 1) * activations.length),
    clip: clip === undefined ? (value) => value : (value) => b.apply("Clip", [value], { min: -clip, max: clip }),
    recurrence: b.transpose(mine(r, [rows, hidden]), [1, 0]),
    recurrenceBias: biases && b.slice(biases, [0], [rows], [2 * rows]),
    peepholes: op === "LSTM" && rest[2] ? mine(rest[2], [3 * hidden]) : undefined,
  };
  const product = b.matmul(b.reshape(x, [time * batch, features]), b.transpose(mine(w, [rows, features]), [1, 0]));
  const projected = b.reshape(biases ? b.add(product, b.slice(biases, [0], [0], [rows])) : product, [
    time,
    batch,
    rows,
  ]);

  const step = cell(options);
  const outputs: Value[] = new Array<Value>(time);
  let states: readonly Value[] = Array.from({ length: kinds }, (_, kind) =>
    rest[kind] ? mine(rest[kind], [batch, hidden]) : b.zeros({ dtype: x.dtype, shape: [batch, hidden] }),
  );
  for (let i = 0; i < time; i++) {
    const t = options.direction === "reverse" || d === 1 ? time - 1 - i : i;
    const next = step(direction, b.reshape(b.slice(projected, [0], [t], [t + 1]), [batch, rows]), states);
    const running =
      lengths && b.reshape(b.mask(b.apply("Less", [b.scalar(t, lengths.dtype), lengths]), x.dtype), [batch, 1]);
    const waiting = running && b.sub(b.scalar(1, x.dtype), running);
    outputs[t] = b.reshape(running ? b.mul(next[0]!, running) : next[0]!, [1, 1, batch, hidden]);
    states = next.map((state, kind) =>
      running && waiting ? b.add(b.mul(state, running), b.mul(states[kind]!, waiting)) : state,
    );
  }
  return { outputs, last: states.map((state) => b.reshape(state, [1, batch, hidden])) };
}

const namesOf = ({ activations, direction }: RecurrentOptions, defaults: readonly string[]): readonly string[] =>
  activations?.length ? activations : direction === "bidirectional" ? [...defaults, ...defaults] : defaults;

/** Names of ONNX to values; alphas and betas go in turn to the functions that take one. */
function activationsOf(b: Builder, options: RecurrentOptions, defaults: readonly string[]): readonly Activation[] {
  const alphas = [...(options.activation_alpha ?? [])];
  const betas = [...(options.activation_beta ?? [])];
  return namesOf(options, defaults).map((name): Activation => {
    const known = functions.get(name.toLowerCase())!;
    const alpha = known.alpha === undefined ? 0 : (alphas.shift() ?? known.alpha);
    const beta = known.beta === undefined ? 0 : (betas.shift() ?? known.beta);
    return (x) => known.apply(b, x, alpha, beta);
  });
}

interface NamedFunction {
  readonly alpha?: number;
  readonly beta?: number;
  readonly apply: (b: Builder, x: Value, alpha: number, beta: number) => Value;
}

const plain = (op: string): NamedFunction => ({ apply: (b, x) => b.apply(op, [x]) });

const functions: ReadonlyMap<string, NamedFunction> = new Map<string, NamedFunction>([
  ["relu", plain("Relu")],
  ["tanh", plain("Tanh")],
  ["sigmoid", plain("Sigmoid")],
  ["softsign", plain("Softsign")],
  ["softplus", plain("Softplus")],
  ["affine", { alpha: 1, beta: 0, apply: (b, x, alpha, beta) => b.shift(b.scale(x, alpha), beta) }],
  ["leakyrelu", { alpha: 0.01, apply: (b, x, alpha) => b.apply("LeakyRelu", [x], { alpha }) }],
  ["thresholdedrelu", { alpha: 1, apply: (b, x, alpha) => b.apply("ThresholdedRelu", [x], { alpha }) }],
  [
    "scaledtanh",
    { alpha: 1, beta: 1, apply: (b, x, alpha, beta) => b.scale(b.apply("Tanh", [b.scale(x, beta)]), alpha) },
  ],
  [
    "hardsigmoid",
    { alpha: 0.2, beta: 0.5, apply: (b, x, alpha, beta) => b.apply("HardSigmoid", [x], { alpha, beta }) },
  ],
  ["elu", { alpha: 1, apply: (b, x, alpha) => b.apply("Elu", [x], { alpha }) }],
]);
