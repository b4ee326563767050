import type { OperatorTable } from "../builder.ts";
import type { AnyOperator } from "../operator.ts";
import { celu, clip, elu, gelu, hardSigmoid, leakyRelu, prelu, relu, selu, thresholdedRelu } from "./activation.ts";
import { argMax, argMin } from "./arg-reduction.ts";
import { add, div, mod, mul, pow, sub } from "./arithmetic.ts";
import {
  and, bitShift, bitwiseAnd, bitwiseNot, bitwiseOr, bitwiseXor, equal, greater, greaterOrEqual, isInf, isNan, less, lessOrEqual, not, or, xor,
} from "./comparison.ts";
import { conv, convTranspose } from "./convolution.ts";
import { gather, gatherElements, gatherND } from "./gather.ts";
import { gridSample } from "./grid-sample.ts";
import { gemmOperator, matmul } from "./matmul.ts";
import { concat, expand, identity, reshape, tile, transpose } from "./movement.ts";
import { groupNormalization, instanceNormalization, layerNormalization, lrn } from "./normalization.ts";
import { pad } from "./pad.ts";
import { averagePool, globalAveragePool, globalMaxPool, maxPool } from "./pooling.ts";
import { gru, lstm, rnn } from "./recurrent.ts";
import { reduceMax, reduceMean, reduceMin, reduceProd, reduceSum } from "./reduction.ts";
import { resize } from "./resize.ts";
import { cumSum } from "./scan.ts";
import { scatterElements, scatterND } from "./scatter.ts";
import { cast, max, min, where } from "./selection.ts";
import { slice } from "./slice.ts";
import { logSoftmax, softmax } from "./softmax.ts";
import { topK } from "./topk.ts";
import {
  abs, acos, acosh, asin, asinh, atan, atanh, ceil, cos, cosh, erf, exp, floor, log, neg, reciprocal, round, sigmoid, sign, sin, sinh, softplus,
  softsign, sqrt, tan, tanh,
} from "./unary.ts";

/** The closed core. Everything else is lowered into it at import. */
const all: readonly AnyOperator[] = [
  relu, leakyRelu, prelu, elu, selu, celu, thresholdedRelu, hardSigmoid, gelu, clip,
  argMax, argMin,
  add, sub, mul, div, pow, mod,
  equal, greater, less, greaterOrEqual, lessOrEqual, and, or, xor, not, isNan, isInf,
  bitwiseAnd, bitwiseOr, bitwiseXor, bitwiseNot, bitShift,
  conv, convTranspose,
  gather, gatherElements, gatherND,
  gridSample,
  matmul, gemmOperator,
  identity, reshape, transpose, expand, concat, tile,
  layerNormalization, instanceNormalization, groupNormalization, lrn,
  pad,
  maxPool, averagePool, globalMaxPool, globalAveragePool,
  lstm, gru, rnn,
  reduceSum, reduceMean, reduceMax, reduceMin, reduceProd,
  resize,
  cumSum,
  scatterElements, scatterND,
  where, cast, max, min,
  slice,
  softmax, logSoftmax,
  topK,
  neg, abs, sign, exp, log, sqrt, reciprocal, sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, asinh, acosh, atanh,
  erf, sigmoid, softplus, softsign, floor, ceil, round,
];

export const coreOperators: OperatorTable = new Map(all.map((operator) => [operator.name, operator]));
