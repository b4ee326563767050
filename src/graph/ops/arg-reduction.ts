import { normalizeAxis, sizeOf, stridesOf, type Shape } from "../../tensor/shape.ts";
import { flag, integer } from "../attributes.ts";
import { operator } from "../operator.ts";
import { demandNumber } from "./operands.ts";
import { findsAlong } from "../axes/reduce.ts";

/** `better(x, y)`: x takes the place of y. A NaN beats everything, as in NumPy. */
const argExtreme = (name: string, better: (x: number, y: number) => boolean) =>
  operator(name, {
    attributes: { axis: integer(0), keepdims: flag(true), select_last_index: flag(false) },
    inputs: 1,
    traits: { kind: "reduces" },
    axes: findsAlong,
    infer: ([x], { axis, keepdims }) => {
      demandNumber(name, x);
      const along = normalizeAxis(axis, x.shape.length);
      if (x.shape[along] === 0) throw new RangeError(`${name} finds nothing along the empty axis ${along}`);
      const shape: Shape = keepdims
        ? x.shape.map((e, i) => (i === along ? 1 : e))
        : x.shape.filter((_, i) => i !== along);
      return [{ dtype: "int64", shape }];
    },
    evaluate: ([x], { axis, select_last_index: last }, [type]) => {
      const along = normalizeAxis(axis, x.shape.length);
      const length = x.shape[along] ?? 1;
      const stride = stridesOf(x.shape)[along] ?? 1;
      const data = new Float64Array(sizeOf(type.shape));
      for (let i = 0; i < data.length; i++) {
        const start = Math.floor(i / stride) * stride * length + (i % stride);
        let best = 0;
        for (let k = 1; k < length; k++) {
          const value = x.data[start + k * stride]!;
          const known = x.data[start + best * stride]!;
          if (better(value, known) || (Number.isNaN(value) && !Number.isNaN(known)) || (last && value === known))
            best = k;
        }
        data[i] = best;
      }
      return [{ dtype: "int64", shape: type.shape, data }];
    },
    backward: "none",
  });

/** The position of the largest element along `axis`; of equals the first, or the last on request. ONNX ArgMax-13. */
export const argMax = argExtreme("ArgMax", (x, y) => x > y);

/** The position of the smallest element along `axis`; of equals the first, or the last on request. ONNX ArgMin-13. */
export const argMin = argExtreme("ArgMin", (x, y) => x < y);
