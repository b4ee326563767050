/** Unary elementwise functions, and binary ones with broadcasting. */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { AttributeSpecs } from "../../../graph/attributes.ts";
import { add, div, mul, pow, sub } from "../../../graph/ops/arithmetic.ts";
import {
  and,
  equal,
  greater,
  greaterOrEqual,
  isNan,
  less,
  lessOrEqual,
  not,
  or,
  xor,
} from "../../../graph/ops/comparison.ts";
import { identity } from "../../../graph/ops/movement.ts";
import { cast, max, min, where } from "../../../graph/ops/selection.ts";
import {
  abs,
  acos,
  acosh,
  asin,
  asinh,
  atan,
  atanh,
  ceil,
  cos,
  cosh,
  erf,
  exp,
  floor,
  log,
  neg,
  reciprocal,
  round,
  sigmoid,
  sign,
  sin,
  sinh,
  softplus,
  softsign,
  sqrt,
  tan,
  tanh,
} from "../../../graph/ops/unary.ts";
import type { Tf } from "../backend.ts";
import { kernel, type Declaration, type Kernel } from "../kernel.ts";

const unary = <S extends AttributeSpecs>(op: Declaration<S>, f: (tf: Tf) => (x: Tensor) => Tensor): Kernel =>
  kernel(op, { layout: "either", run: (call) => f(call.tf)(call.x(0)) });

const binary = <S extends AttributeSpecs>(
  op: Declaration<S>,
  f: (tf: Tf) => (x: Tensor, y: Tensor) => Tensor,
): Kernel => kernel(op, { layout: "either", run: (call) => f(call.tf)(call.x(0), call.x(1)) });

/** A function of one or more inputs. */
const several = <S extends AttributeSpecs>(
  op: Declaration<S>,
  f: (tf: Tf) => (x: Tensor, y: Tensor) => Tensor,
): Kernel => kernel(op, { layout: "either", run: (call) => call.all().reduce(f(call.tf)) });

export const elementwiseKernels: readonly Kernel[] = [
  unary(identity, () => (x) => x),
  unary(neg, (tf) => tf.neg),
  unary(abs, (tf) => tf.abs),
  unary(sign, (tf) => tf.sign),
  unary(exp, (tf) => tf.exp),
  unary(log, (tf) => tf.log),
  unary(sqrt, (tf) => tf.sqrt),
  unary(reciprocal, (tf) => (x) => tf.div(1, x)),
  unary(sin, (tf) => tf.sin),
  unary(cos, (tf) => tf.cos),
  unary(tan, (tf) => tf.tan),
  unary(asin, (tf) => tf.asin),
  unary(acos, (tf) => tf.acos),
  unary(atan, (tf) => tf.atan),
  unary(sinh, (tf) => tf.sinh),
  unary(cosh, (tf) => tf.cosh),
  unary(tanh, (tf) => tf.tanh),
  unary(asinh, (tf) => tf.asinh),
  unary(acosh, (tf) => tf.acosh),
  unary(atanh, (tf) => tf.atanh),
  unary(erf, (tf) => tf.erf),
  unary(sigmoid, (tf) => tf.sigmoid),
  unary(softplus, (tf) => tf.softplus),
  unary(softsign, (tf) => (x) => tf.div(x, tf.add(tf.abs(x), 1))),
  unary(floor, (tf) => tf.floor),
  unary(ceil, (tf) => tf.ceil),
  unary(round, (tf) => tf.round),
  unary(not, (tf) => tf.logicalNot),
  unary(isNan, (tf) => tf.isNaN),
  binary(add, (tf) => tf.add),
  binary(sub, (tf) => tf.sub),
  binary(mul, (tf) => tf.mul),
  binary(div, (tf) => tf.div),
  binary(pow, (tf) => tf.pow),
  binary(equal, (tf) => tf.equal),
  binary(greater, (tf) => tf.greater),
  binary(greaterOrEqual, (tf) => tf.greaterEqual),
  binary(less, (tf) => tf.less),
  binary(lessOrEqual, (tf) => tf.lessEqual),
  binary(and, (tf) => tf.logicalAnd),
  binary(or, (tf) => tf.logicalOr),
  binary(xor, (tf) => tf.logicalXor),
  several(max, (tf) => tf.maximum),
  several(min, (tf) => tf.minimum),
  kernel(cast, { layout: "either", run: (call, { to }) => call.tf.cast(call.x(0), to as "float32" | "bool") }),
  kernel(where, { layout: "either", run: (call) => call.tf.where(call.x(0), call.x(1), call.x(2)) }),
];
