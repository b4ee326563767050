/** Comparisons, logic and bits. Piecewise constant: no cotangent flows. */
import { isInteger, type DType } from "../../tensor/dtype.ts";
import type { TensorType } from "../../tensor/tensor.ts";
import type { Array64 } from "../array64.ts";
import { flag, text } from "../attributes.ts";
import { broadcastOrThrow } from "../builder.ts";
import { operator, type Operator } from "../operator.ts";
import type { Traits } from "../traits.ts";
import { zip } from "./arithmetic.ts";
import { wrapInteger } from "./integers.ts";
import { demandFloat, demandNumber, demandSameType, demandType } from "./operands.ts";
import { mapElements } from "./unary.ts";
import { combines } from "../axes/combine.ts";

type Demand = (op: string, x: TensorType) => TensorType;
const anyType: Demand = (_op, x) => x;
const demandBool: Demand = (op, x) => demandType(op, x, "bool");

function demandInteger(op: string, x: TensorType): TensorType {
  if (!isInteger(x.dtype)) throw new TypeError(`${op} takes integers, not ${x.dtype}`);
  return x;
}

/** What is compared with is a setting. */
const traits: Traits = { kind: "elementwise", parameters: {} };

const predicate = (
  name: string,
  holds: (x: number, y: number) => boolean,
  demand: Demand,
): Operator<Record<never, never>, 2> =>
  operator(name, {
    attributes: {},
    inputs: 2,
    traits,
    axes: combines,
    infer: ([x, y]) => {
      demandSameType(name, [demand(name, x), y]);
      return [{ dtype: "bool", shape: broadcastOrThrow(name, x.shape, y.shape) }];
    },
    evaluate: ([x, y]) => [zip(x, y, "bool", (p, q) => (holds(p, q) ? 1 : 0))],
    backward: "none",
  });

/** x = y. ONNX Equal-19. */
export const equal = predicate("Equal", (x, y) => x === y, anyType);
/** x > y. ONNX Greater-13. */
export const greater = predicate("Greater", (x, y) => x > y, demandNumber);
/** x < y. ONNX Less-13. */
export const less = predicate("Less", (x, y) => x < y, demandNumber);
/** x ≥ y. ONNX GreaterOrEqual-16. */
export const greaterOrEqual = predicate("GreaterOrEqual", (x, y) => x >= y, demandNumber);
/** x ≤ y. ONNX LessOrEqual-16. */
export const lessOrEqual = predicate("LessOrEqual", (x, y) => x <= y, demandNumber);
/** x ∧ y. ONNX And-7. */
export const and = predicate("And", (x, y) => x !== 0 && y !== 0, demandBool);
/** x ∨ y. ONNX Or-7. */
export const or = predicate("Or", (x, y) => x !== 0 || y !== 0, demandBool);
/** x ⊕ y. ONNX Xor-7. */
export const xor = predicate("Xor", (x, y) => (x !== 0) !== (y !== 0), demandBool);

const asBool = (x: Array64, holds: (x: number) => boolean): Array64 => ({
  ...mapElements(x, (value) => (holds(value) ? 1 : 0)),
  dtype: "bool",
});

/** ¬x. ONNX Not-1. */
export const not = operator("Not", {
  attributes: {},
  inputs: 1,
  traits,
  axes: combines,
  infer: ([x]) => [demandBool("Not", x)],
  evaluate: ([x]) => [asBool(x, (value) => value === 0)],
  backward: "none",
});

/** Whether x is not a number. ONNX IsNaN-20. */
export const isNan = operator("IsNaN", {
  attributes: {},
  inputs: 1,
  traits,
  axes: combines,
  infer: ([x]) => [{ ...demandFloat("IsNaN", x), dtype: "bool" }],
  evaluate: ([x]) => [asBool(x, Number.isNaN)],
  backward: "none",
});

/** Whether x is an infinity of a sign that is looked for. ONNX IsInf-20. */
export const isInf = operator("IsInf", {
  attributes: { detect_negative: flag(true), detect_positive: flag(true) },
  inputs: 1,
  traits,
  axes: combines,
  infer: ([x]) => [{ ...demandFloat("IsInf", x), dtype: "bool" }],
  evaluate: ([x], { detect_negative, detect_positive }) => [
    asBool(x, (value) => (detect_positive && value === Infinity) || (detect_negative && value === -Infinity)),
  ],
  backward: "none",
});

/** 32 bits where both operands fit, BigInt beyond: 64-bit integers are exact to 2⁵³ here. */
const onBits =
  (narrow: (x: number, y: number) => number, wide: (x: bigint, y: bigint) => bigint) =>
  (dtype: DType) =>
  (x: number, y: number) =>
    (x | 0) === x && (y | 0) === y
      ? wrapInteger(narrow(x, y), dtype)
      : wrapInteger(Number(wide(BigInt(x), BigInt(y))), dtype);

const bitwise = (
  name: string,
  f: (dtype: DType) => (x: number, y: number) => number,
): Operator<Record<never, never>, 2> =>
  operator(name, {
    attributes: {},
    inputs: 2,
    traits,
    axes: combines,
    infer: ([x, y]) => {
      const dtype = demandSameType(name, [demandInteger(name, x), y]);
      return [{ dtype, shape: broadcastOrThrow(name, x.shape, y.shape) }];
    },
    evaluate: ([x, y]) => [zip(x, y, x.dtype, f(x.dtype))],
    backward: "none",
  });

/** x & y, bit by bit. ONNX BitwiseAnd-18. */
export const bitwiseAnd = bitwise(
  "BitwiseAnd",
  onBits(
    (x, y) => x & y,
    (x, y) => x & y,
  ),
);
/** x | y, bit by bit. ONNX BitwiseOr-18. */
export const bitwiseOr = bitwise(
  "BitwiseOr",
  onBits(
    (x, y) => x | y,
    (x, y) => x | y,
  ),
);
/** x ^ y, bit by bit. ONNX BitwiseXor-18. */
export const bitwiseXor = bitwise(
  "BitwiseXor",
  onBits(
    (x, y) => x ^ y,
    (x, y) => x ^ y,
  ),
);

/** ~x, bit by bit. ONNX BitwiseNot-18. */
export const bitwiseNot = operator("BitwiseNot", {
  attributes: {},
  inputs: 1,
  traits,
  axes: combines,
  infer: ([x]) => [demandInteger("BitwiseNot", x)],
  evaluate: ([x]) => [mapElements(x, (value) => wrapInteger(-value - 1, x.dtype))],
  backward: "none",
});

/** x·2ʸ or ⌊x/2ʸ⌋ of unsigned integers; what leaves the type is lost. ONNX BitShift-11. */
export const bitShift = operator("BitShift", {
  attributes: { direction: text() },
  inputs: 2,
  traits,
  axes: combines,
  infer: ([x, y], { direction }) => {
    const dtype = demandSameType("BitShift", [demandType("BitShift", x, "uint8", "uint16", "uint32", "uint64"), y]);
    if (direction !== "LEFT" && direction !== "RIGHT")
      throw new RangeError(`BitShift goes LEFT or RIGHT, not ${direction}`);
    return [{ dtype, shape: broadcastOrThrow("BitShift", x.shape, y.shape) }];
  },
  evaluate: ([x, y], { direction }) => [
    zip(
      x,
      y,
      x.dtype,
      direction === "LEFT" ? (p, q) => wrapInteger(p * 2 ** q, x.dtype) : (p, q) => Math.floor(p / 2 ** q),
    ),
  ],
  backward: "none",
});
