import { normalizeAxis, sizeOf, stridesOf } from "../../tensor/shape.ts";
import { flag, integer } from "../attributes.ts";
import { operator } from "../operator.ts";
import { demandNumber } from "./operands.ts";
import { sorts } from "../axes/reduce.ts";

/**
 * The k largest (or smallest) elements along `axis` and their positions, in order; of equals the
 * lower position first. Without `sorted` ONNX leaves the order open, the reference keeps it.
 * Backward: the values' cotangent scattered to their positions. ONNX TopK-11.
 */
export const topK = operator("TopK", {
  attributes: { k: integer(undefined, { input: 1 }), axis: integer(-1), largest: flag(true), sorted: flag(true) },
  inputs: 1,
  traits: { kind: "reduces" },
  axes: sorts,
  infer: ([x], { k, axis }) => {
    demandNumber("TopK", x);
    if (x.shape.length === 0) throw new RangeError("TopK needs an axis, and a scalar has none");
    const along = normalizeAxis(axis, x.shape.length);
    if (!Number.isInteger(k) || k < 0 || k > x.shape[along]!) {
      throw new RangeError(`TopK cannot take ${k} of ${x.shape[along]} elements along axis ${along}`);
    }
    const shape = x.shape.map((extent, i) => (i === along ? k : extent));
    return [
      { dtype: x.dtype, shape },
      { dtype: "int64", shape },
    ];
  },
  evaluate: ([x], { k, axis, largest }, [type]) => {
    const along = normalizeAxis(axis, x.shape.length);
    const length = x.shape[along]!;
    const stride = stridesOf(x.shape)[along]!;
    const lines = sizeOf(x.shape.slice(0, along)) * stride;
    const values = new Float64Array(sizeOf(type.shape));
    const indices = new Float64Array(values.length);
    for (let line = 0; line < lines; line++) {
      const outer = Math.floor(line / stride);
      const inner = line % stride;
      const from = outer * length * stride + inner;
      rank(x.data, from, stride, length, largest)
        .subarray(0, k)
        .forEach((position, i) => {
          const at = (outer * k + i) * stride + inner;
          values[at] = x.data[from + position * stride]!;
          indices[at] = position;
        });
    }
    return [
      { dtype: x.dtype, shape: type.shape, data: values },
      { dtype: "int64", shape: type.shape, data: indices },
    ];
  },
  backward: ({ inputs: [x], outputs: [, indices], grad, attributes: { axis }, b }) => [
    b.apply("ScatterElements", [b.zeros({ dtype: grad.dtype, shape: x.shape }), indices, grad], { axis }),
  ],
});

/** Positions along a line from best to worst; NaN ranks as the largest. */
function rank(data: Float64Array, start: number, stride: number, length: number, largest: boolean): Int32Array {
  const at = (i: number): number => data[start + i * stride]!;
  const order = (x: number, y: number): number => (x === y ? 0 : x < y || Number.isNaN(y) ? -1 : 1);
  return Int32Array.from({ length }, (_, i) => i).sort((i, j) => {
    const [x, y] = [at(i), at(j)];
    if (Number.isNaN(x) && Number.isNaN(y)) return i - j;
    return (largest ? order(y, x) : order(x, y)) || i - j;
  });
}
