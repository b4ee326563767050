/** Choosing among values, and changing their type. */
import { isFloat, type DType, dtypes } from "../../tensor/dtype.ts";
import type { Array64 } from "../array64.ts";
import { text } from "../attributes.ts";
import { broadcastOrThrow, type Value } from "../builder.ts";
import { operator, type BackwardLaw, type Operator } from "../operator.ts";
import { zip } from "./arithmetic.ts";
import { wrapInteger } from "./integers.ts";
import { broadcastIndex } from "./along-axis.ts";
import { demandNumber, demandSameType, demandType } from "./operands.ts";
import { mapElements } from "./unary.ts";
import { combines } from "../axes/combine.ts";

/** x where the condition holds, else y. Backward: dx = dz·c, dy = dz·(1 − c). ONNX Where-16. */
export const where = operator("Where", {
  attributes: {},
  inputs: 3,
  traits: { kind: "elementwise", parameters: {} },
  axes: combines,
  infer: ([condition, x, y]) => {
    demandType("Where", condition, "bool");
    return [
      { dtype: demandSameType("Where", [x, y]), shape: broadcastOrThrow("Where", condition.shape, x.shape, y.shape) },
    ];
  },
  evaluate: ([condition, x, y], _attributes, [type]) => {
    const [ic, ix, iy] = [condition, x, y].map((value) => broadcastIndex(value.shape, type.shape));
    const data = new Float64Array(ic!.length);
    for (let i = 0; i < data.length; i++) data[i] = condition.data[ic![i]!] ? x.data[ix![i]!]! : y.data[iy![i]!]!;
    return [{ dtype: x.dtype, shape: type.shape, data }];
  },
  backward: ({ inputs: [condition, x, y], grad, needs, b }) => {
    const chosen = (c: Value): Value => b.mul(grad, b.mask(c, grad.dtype));
    return [
      null,
      needs[1] ? b.unbroadcast(chosen(condition), x.shape) : null,
      needs[2] ? b.unbroadcast(chosen(b.apply("Not", [condition])), y.shape) : null,
    ];
  },
});

/**
 * The same numbers in another type: floats truncate toward zero and wrap into integers, everything
 * but 0 is true. Between floats the reference does not round. Backward: the cotangent cast back;
 * none through integers. ONNX Cast-21, whose `to` is the number of the type that is named here.
 */
export const cast = operator("Cast", {
  attributes: { to: text() },
  inputs: 1,
  traits: { kind: "rearranges" },
  axes: combines,
  infer: ([x], { to }) => {
    if (!dtypes.includes(to as DType)) throw new RangeError(`Cast does not support the type ${to}`);
    return [{ dtype: to as DType, shape: x.shape }];
  },
  evaluate: ([x], { to }) => [castElements(x, to as DType)],
  backward: ({ inputs: [x], grad, b }) => [isFloat(x.dtype) && isFloat(grad.dtype) ? b.cast(grad, x.dtype) : null],
});

function castElements(x: Array64, to: DType): Array64 {
  if (isFloat(to) || to === x.dtype) return { ...x, dtype: to };
  const convert = to === "bool" ? (value: number) => (value === 0 ? 0 : 1) : (value: number) => wrapInteger(value, to);
  return { ...mapElements(x, convert), dtype: to };
}

/**
 * Each input gets the cotangent where it is the extreme; ties share it evenly, as torch.maximum
 * and amax do, so that the gradient does not depend on the order of the inputs.
 */
const shareAmongTies: BackwardLaw<Record<never, never>, readonly [1, number]> = ({
  inputs,
  outputs: [z],
  grad,
  needs,
  b,
}) => {
  if (inputs.length === 1) return [grad];
  const masks = inputs.map((x) => b.mask(b.apply("Equal", [x, z]), grad.dtype));
  const share = b.div(
    grad,
    masks.reduce((sum, mask) => b.add(sum, mask)),
  );
  return inputs.map((x, i) => (needs[i] ? b.unbroadcast(b.mul(share, masks[i]!), x.shape) : null));
};

const extreme = (
  name: string,
  f: (x: number, y: number) => number,
): Operator<Record<never, never>, readonly [1, number]> =>
  operator(name, {
    attributes: {},
    inputs: [1, Infinity],
    traits: { kind: "elementwise", parameters: {} },
    axes: combines,
    infer: (inputs) => {
      for (const x of inputs) demandNumber(name, x);
      return [
        { dtype: demandSameType(name, inputs), shape: broadcastOrThrow(name, ...inputs.map(({ shape }) => shape)) },
      ];
    },
    evaluate: (inputs) => [inputs.reduce((x, y) => zip(x, y, x.dtype, f))],
    backward: shareAmongTies,
  });

/** The largest of the inputs, NaN if any is. Ties share the cotangent evenly. ONNX Max-13. */
export const max = extreme("Max", Math.max);
/** The smallest of the inputs, NaN if any is. Ties share the cotangent evenly. ONNX Min-13. */
export const min = extreme("Min", Math.min);
