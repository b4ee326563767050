import { normalizeAxis } from "../../tensor/shape.ts";
import { flag, integer } from "../attributes.ts";
import { operator } from "../operator.ts";
import { alongAxis } from "./along-axis.ts";
import { demandNumber } from "./operands.ts";
import { keeps } from "../axes/combine.ts";

/**
 * Running sums along `axis`: yᵢ = Σ_{j≤i} xⱼ; `exclusive` leaves out j = i, `reverse` sums from the
 * end. Backward: the running sum in the other direction. ONNX CumSum-14.
 */
export const cumSum = operator("CumSum", {
  attributes: { axis: integer(undefined, { input: 1, scalar: true }), exclusive: flag(false), reverse: flag(false) },
  inputs: 1,
  traits: { kind: "reduces" },
  axes: keeps,
  infer: ([x], { axis }) => {
    if (x.shape.length === 0) throw new RangeError("CumSum needs an axis to run along, and a scalar has none");
    normalizeAxis(axis, x.shape.length);
    return [demandNumber("CumSum", x)];
  },
  evaluate: ([x], { axis, exclusive, reverse }) => [
    alongAxis(x, normalizeAxis(axis, x.shape.length), (from, to, start, stride, length) => {
      const step = reverse ? -stride : stride;
      let sum = 0;
      for (let i = 0, at = reverse ? start + (length - 1) * stride : start; i < length; i++, at += step) {
        const value = from[at]!;
        to[at] = exclusive ? sum : sum + value;
        sum += value;
      }
    }),
  ],
  backward: ({ grad, attributes: { axis, exclusive, reverse }, b }) => [
    b.apply("CumSum", [grad], { axis, exclusive, reverse: !reverse }),
  ],
});
