import type { Value } from "../../../graph/builder.ts";
import { formatShape } from "../../../tensor/shape.ts";
import { activationNamed } from "./activation-functions.ts";
import { cellOf, resetsAfter, type Cell } from "./cells.ts";
import { isTensor, LayerCall, type Given, type Law } from "./layer-call.ts";
import type { LayerTensor } from "./layer-tensor.ts";

/** A layer that is unrolled has a dozen operators at each step. */
const mostSteps = 2000;

interface Sequence {
  /** [batch, time, features] */
  readonly outputs: Value;
  /** After the last step, [batch, features]. */
  readonly last: Value;
  readonly states: readonly Value[];
}

const backwards = (c: LayerCall, x: Value, axis: number): Value => c.b.slice(x, [axis], [-1], [-(2 ** 31)], [-1]);

function initialStates(c: LayerCall): readonly Value[] {
  const [, ...rest] = c.inputs;
  const named = c.kwargs.get("initial_state");
  const flat = (given: Given): readonly LayerTensor[] =>
    isTensor(given) ? [given] : Array.isArray(given) ? (given as readonly Given[]).flatMap(flat) : [];
  return (named ? flat(named) : rest).map((state) => c.inOrder(state));
}

const recurrent: Law = (c) => {
  const x = c.last;
  if (x.shape.length !== 3) c.refuse(`its input ${formatShape(c.shape)} is no batch of sequences of features`);
  const cellRecord = c.layer.inner[0]?.[1] ?? c.refuse("it has no cell");
  const cellCall = new LayerCall(c.surroundings, cellRecord, []);
  const initial = initialStates(c);
  const given = c.kwargs.get("mask");
  const mask = isTensor(given) ? given.value : c.x.mask;
  const operator = mask ? undefined : operatorOf(cellCall);
  const ordered = c.config.flag("go_backwards", false) ? backwards(c, x, 1) : x;
  const orderedMask = mask && c.config.flag("go_backwards", false) ? backwards(c, mask, 1) : mask;
  const result = operator
    ? byOperator(c, cellCall, operator, ordered, initial)
    : unrolled(c, cellOf(cellCall, x.shape[2]!), ordered, initial, orderedMask);
  const sequences = c.config.flag("return_sequences", false);
  const first = c.keras(sequences ? result.outputs : result.last, sequences ? c.x.mask : undefined);
  return c.config.flag("return_state", false) ? [first, ...result.states.map((state) => c.keras(state))] : first;
};

/** Step by step. A step that is masked keeps the states, and gives the output of the step before it. */
function unrolled(c: LayerCall, cell: Cell, x: Value, initial: readonly Value[], mask: Value | undefined): Sequence {
  const [batch, time, features] = x.shape as readonly [number, number, number];
  if (time > mostSteps) c.refuse(`it would have to be unrolled over ${time} steps; ${mostSteps} are the most`);
  if (time === 0) c.refuse("its sequence is empty");
  let states: readonly Value[] = cell.sizes.map(
    (size, i) => initial[i] ?? c.b.zeros({ dtype: x.dtype, shape: [batch, size] }),
  );
  let before: Value | undefined;
  const outputs: Value[] = [];
  for (let t = 0; t < time; t++) {
    const at = c.b.reshape(c.b.slice(x, [1], [t], [t + 1]), [batch, features]);
    const step = cell.step(at, states);
    const counts = mask && c.b.reshape(c.b.slice(mask, [1], [t], [t + 1]), [batch, 1]);
    const zeros = (): Value => c.b.zeros({ dtype: step.output.dtype, shape: step.output.shape });
    const other = c.config.flag("zero_output_for_mask", false) ? zeros() : (before ?? zeros());
    before = counts ? c.b.where(counts, step.output, other) : step.output;
    states = counts ? step.states.map((state, i) => c.b.where(counts, state, states[i]!)) : step.states;
    outputs.push(before);
  }
  const rows = outputs.map((output) => c.b.reshape(output, [batch, 1, output.shape[1]!]));
  return { outputs: c.b.concat(rows, 1), last: before!, states };
}

interface Operator {
  readonly op: "LSTM" | "GRU" | "RNN";
  readonly gates: number;
  /** ONNX's order of gates, in places of Keras's. */
  readonly order: readonly number[];
  readonly activations: readonly string[];
  readonly alphas: readonly number[];
  readonly betas: readonly number[];
}

/** The operator that computes a whole layer of this cell, if its activations have names there. */
function operatorOf(c: LayerCall): Operator | undefined {
  const kinds = {
    LSTMCell: { op: "LSTM", gates: 4, order: [0, 3, 1, 2], keys: ["recurrent_activation", "activation", "activation"] },
    GRUCell: { op: "GRU", gates: 3, order: [0, 1, 2], keys: ["recurrent_activation", "activation"] },
    SimpleRNNCell: { op: "RNN", gates: 1, order: [0], keys: ["activation"] },
  } as const;
  const kind = Object.hasOwn(kinds, c.layer.className) ? kinds[c.layer.className as keyof typeof kinds] : undefined;
  if (kind === undefined) return undefined;
  const slope = c.surroundings.version === 3 ? 1 / 6 : 0.2;
  const known: Readonly<Record<string, readonly [string, number, number]>> = {
    tanh: ["Tanh", 0, 0],
    sigmoid: ["Sigmoid", 0, 0],
    relu: ["Relu", 0, 0],
    softsign: ["Softsign", 0, 0],
    softplus: ["Softplus", 0, 0],
    hard_sigmoid: ["HardSigmoid", slope, 0.5],
  };
  const fallback = (key: string): string =>
    key === "activation" ? "tanh" : c.surroundings.version === 1 ? "hard_sigmoid" : "sigmoid";
  const found = kind.keys.map((key) => {
    const { name, options } = activationNamed(c, c.config.raw(key) ?? fallback(key));
    return options.values.size === 0 && Object.hasOwn(known, name) ? known[name] : undefined;
  });
  if (found.some((each) => each === undefined)) return undefined;
  return {
    ...kind,
    activations: found.map((each) => each![0]),
    alphas: found.map((each) => each![1]),
    betas: found.map((each) => each![2]),
  };
}

/** Weights of ONNX: [direction, gates·units, features], its gates in another order; biases of input and recurrence side by side. */
function byOperator(c: LayerCall, cell: LayerCall, operator: Operator, x: Value, initial: readonly Value[]): Sequence {
  const { op, gates, order } = operator;
  const [batch, , features] = x.shape as readonly [number, number, number];
  const units = cell.config.integer("units");
  const rows = (variable: string, inputs: number): Value => {
    cell.weight(variable, [inputs, gates * units]);
    return cell.computed([variable], `rows of gates ${order.join()}`, [1, gates * units, inputs], (values) =>
      Float64Array.from({ length: gates * units * inputs }, (_, i) => {
        const [row, column] = [Math.floor(i / inputs), i % inputs];
        return values![column * gates * units + order[Math.floor(row / units)]! * units + (row % units)]!;
      }),
    );
  };
  const after = op === "GRU" && resetsAfter(cell);
  const bias = cell.config.flag("use_bias", true) ? biases(cell, gates, order, units, after) : null;
  const batchFirst = c.b.transpose(x, [1, 0, 2]);
  const states = Array.from({ length: op === "LSTM" ? 2 : 1 }, (_, i) =>
    initial[i] ? c.b.reshape(initial[i], [1, batch, units]) : null,
  );
  const inputs = [batchFirst, rows("kernel", features), rows("recurrent_kernel", units), bias, null, ...states];
  while (inputs.at(-1) === null) inputs.pop();
  const usesAlphas = operator.activations.includes("HardSigmoid");
  const [y, h, carry] = c.b.applyAll(op, inputs, {
    hidden_size: units,
    activations: operator.activations,
    ...(usesAlphas && { activation_alpha: operator.alphas, activation_beta: operator.betas }),
    ...(op === "GRU" && { linear_before_reset: after }),
  });
  const time = x.shape[1]!;
  const last = c.b.reshape(h!, [batch, units]);
  return {
    outputs: c.b.transpose(c.b.reshape(y!, [time, batch, units]), [1, 0, 2]),
    last,
    states: op === "LSTM" ? [last, c.b.reshape(carry!, [batch, units])] : [last],
  };
}

function biases(cell: LayerCall, gates: number, order: readonly number[], units: number, after: boolean): Value {
  const size = gates * units;
  cell.weight("bias", after ? [2, size] : [size]);
  return cell.computed(["bias"], `biases of gates ${order.join()}`, [1, 2 * size], (values) =>
    Float64Array.from({ length: 2 * size }, (_, i) => {
      const [half, row] = [Math.floor(i / size), i % size];
      const at = order[Math.floor(row / units)]! * units + (row % units);
      return half === 0 ? values![at]! : after ? values![size + at]! : 0;
    }),
  );
}

/** Two layers, the second of which reads the sequence from its end. Its outputs are turned round again. */
const bidirectional: Law = (c) => {
  const [forward, backward] = c.layer.inner.map(([, layer]) => layer);
  const tensors = c.inputs;
  const states = c.kwargs.get("initial_state");
  const given = states ? (states as readonly Given[]) : tensors.slice(1);
  const list = Array.isArray(given) ? given : [given];
  const half = list.length / 2;
  const run = (layer: typeof forward, initial: readonly Given[]): readonly LayerTensor[] =>
    c.surroundings.run(layer!, initial.length > 0 ? [[c.x, ...initial]] : [c.x], withoutStates(c.kwargs));
  const ahead = run(forward, list.slice(0, half));
  const behind = run(backward, list.slice(half));
  const sequences = forward!.config.flag("return_sequences", false);
  const [y] = ahead;
  const turned = c.keras(sequences ? backwards(c, behind[0]!.value, 1) : behind[0]!.value);
  const merged = merge(c, y!.value, turned.value);
  const outputs = merged ? [c.keras(merged, y!.mask)] : [y!, turned];
  return [...outputs, ...ahead.slice(1), ...behind.slice(1)];
};

const withoutStates = (kwargs: ReadonlyMap<string, Given>): ReadonlyMap<string, Given> =>
  new Map([...kwargs].filter(([name]) => name !== "initial_state"));

function merge(c: LayerCall, x: Value, y: Value): Value | undefined {
  const mode = c.config.raw("merge_mode") === null ? "none" : c.config.text("merge_mode", "concat");
  switch (mode) {
    case "concat":
      return c.b.concat([x, y], x.shape.length - 1);
    case "sum":
      return c.b.add(x, y);
    case "mul":
      return c.b.mul(x, y);
    case "ave":
      return c.b.scale(c.b.add(x, y), 0.5);
    case "none":
      return undefined;
    default:
      return c.refuse(`its merge_mode "${mode}" is not known`);
  }
}

/** The same layer at each step. Steps are samples to it, so they stand in the batch. */
const timeDistributed: Law = (c) => {
  const [, layer] = c.layer.inner[0]!;
  const x = c.last;
  const [batch, time, ...rest] = x.shape;
  if (time === undefined) c.refuse(`its input ${formatShape(c.shape)} has no steps`);
  const outputs = c.surroundings.run(layer, [c.keras(c.b.reshape(x, [batch! * time!, ...rest]))]);
  return outputs.map((output) => {
    const value = c.inOrder(output);
    return c.keras(c.b.reshape(value, [batch!, time!, ...value.shape.slice(1)]), c.x.mask);
  });
};

export const recurrents: Readonly<Record<string, Law>> = {
  RNN: recurrent,
  SimpleRNN: recurrent,
  LSTM: recurrent,
  GRU: recurrent,
  Bidirectional: bidirectional,
  TimeDistributed: timeDistributed,
};
