/**
 * Recurrent layers, one operator each so that runtimes use their fast kernels; the reference and the gradient
 * unroll them, as `unroll` does wherever states shall be read or written. Formulas: recurrent-cells.ts.
 * Time comes first: the importer transposes `layout = 1`.
 */
import { clip, elu, hardSigmoid, leakyRelu, relu, thresholdedRelu } from "./activation.ts";
import { add, mul, sub } from "./arithmetic.ts";
import { less } from "./comparison.ts";
import { composed } from "./composed.ts";
import { matmul } from "./matmul.ts";
import { concat, expand, reshape, transpose } from "./movement.ts";
import { recurrentAttributes, recurrentTypes, unroll } from "./recurrent-unrolled.ts";
import { bias, weight, type Traits } from "../traits.ts";
import { cast } from "./selection.ts";
import { slice } from "./slice.ts";
import { sigmoid, softplus, softsign, tanh } from "./unary.ts";
import { recurs } from "../axes/lookup.ts";

const from = [
  add,
  cast,
  clip,
  concat,
  elu,
  expand,
  hardSigmoid,
  leakyRelu,
  less,
  matmul,
  mul,
  relu,
  reshape,
  sigmoid,
  slice,
  softplus,
  softsign,
  sub,
  tanh,
  thresholdedRelu,
  transpose,
];

const perGate = weight((shape) => shape.at(-1)!);
/** By the inputs of LSTM, which are those of the others and some more. */
const recurrentTraits: Traits = {
  kind: "recurrent",
  parameters: { 1: perGate, 2: perGate, 3: bias, 5: bias, 6: bias, 7: perGate },
};

/** Inputs X, W, R, B, sequence lengths, h₀, c₀, P; outputs Y, the last h, the last c. ONNX LSTM-14. */
export const lstm = composed("LSTM", {
  attributes: recurrentAttributes.LSTM,
  inputs: [3, 8],
  traits: recurrentTraits,
  axes: recurs,
  infer: (inputs, options) => recurrentTypes("LSTM", inputs, options),
  from,
  compose: (b, inputs, options) => unroll("LSTM", b, inputs, options),
});

/** Inputs X, W, R, B, sequence lengths, h₀; outputs Y, the last h. ONNX GRU-14. */
export const gru = composed("GRU", {
  attributes: recurrentAttributes.GRU,
  inputs: [3, 6],
  traits: recurrentTraits,
  axes: recurs,
  infer: (inputs, options) => recurrentTypes("GRU", inputs, options),
  from,
  compose: (b, inputs, options) => unroll("GRU", b, inputs, options),
});

/** Inputs and outputs as those of GRU. ONNX RNN-14. */
export const rnn = composed("RNN", {
  attributes: recurrentAttributes.RNN,
  inputs: [3, 6],
  traits: recurrentTraits,
  axes: recurs,
  infer: (inputs, options) => recurrentTypes("RNN", inputs, options),
  from,
  compose: (b, inputs, options) => unroll("RNN", b, inputs, options),
});
