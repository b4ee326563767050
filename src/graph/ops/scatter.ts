/**
 * Writing at indices. `reduction` says how an update u joins the value x that is there: it replaces it
 * (`none`; of several updates of one element the last stays, and their gradients are left undefined, as
 * in ONNX), or x + u, x·u, max(x, u), min(x, u).
 */
import { normalizeAxis, sameShape } from "../../tensor/shape.ts";
import type { TensorType } from "../../tensor/tensor.ts";
import type { Array64 } from "../array64.ts";
import { integer, text } from "../attributes.ts";
import type { Builder, Value } from "../builder.ts";
import { operator, type Operands } from "../operator.ts";
import { demandIndices, elementOffsets, tupleOffsets } from "./index-offsets.ts";
import { wrapInteger } from "./integers.ts";
import { demandSameType } from "./operands.ts";
import { keeps } from "../axes/combine.ts";

const joins: Readonly<Record<string, (x: number, update: number) => number>> = {
  none: (_x, update) => update,
  add: (x, update) => x + update,
  mul: (x, update) => x * update,
  max: Math.max,
  min: Math.min,
};

function check(
  op: string,
  [x, indices, updates]: Operands<TensorType, 3>,
  reduction: string,
  fits: boolean,
): TensorType {
  demandIndices(op, indices);
  demandSameType(op, [x, updates]);
  if (!(reduction in joins)) throw new RangeError(`${op} does not support the reduction ${reduction}`);
  if (!fits) {
    const shapes = [x, indices, updates].map(({ shape }) => `[${shape.join(", ")}]`);
    throw new RangeError(`${op} cannot write into ${shapes[0]} at ${shapes[1]} the updates ${shapes[2]}`);
  }
  return x;
}

function write(x: Array64, offsets: Int32Array, updates: Array64, reduction: string): Array64 {
  const data = x.data.slice();
  const join = joins[reduction]!;
  for (let i = 0; i < offsets.length; i++)
    data[offsets[i]!] = wrapInteger(join(data[offsets[i]!]!, updates.data[i]!), x.dtype);
  return { dtype: x.dtype, shape: x.shape, data };
}

/** A scatter as its backward law uses it: writing other values to the same offsets, and reading from them. */
interface ScatterAccess {
  readonly put: (into: Value, updates: Value, reduction: string) => Value;
  readonly take: (from: Value) => Value;
}

/**
 * Backward of y = scatter(x, u):
 * none: dx = dy, zero where written; du = dy there. add: dx = dy, du = dy there.
 * mul: dx = dy·Πu, duᵢ = dy·x·Π_{j≠i} uⱼ, exact to first order where an update is 0.
 * max, min: dy shared evenly among x and the updates that equal y.
 */
function unscatter(
  b: Builder,
  [x, , updates]: Operands<Value, 3>,
  y: Value,
  grad: Value,
  reduction: string,
  { put, take }: ScatterAccess,
): readonly (Value | null)[] {
  if (reduction === "none") return [put(grad, b.zeros(updates), "none"), null, take(grad)];
  if (reduction === "add") return [grad, null, take(grad)];
  if (reduction === "mul") {
    const isZero = b.mask(b.apply("Equal", [updates, b.scalar(0, updates.dtype)]), updates.dtype);
    const nonzero = b.add(updates, isZero);
    // Πu without its zeros, and how many there were: the product of the others needs no other zero than its own.
    const product = put(x, nonzero, "mul");
    const zeros = take(put(b.zeros(x), isZero, "add"));
    const alone = b.mask(b.apply("Equal", [zeros, isZero]), updates.dtype);
    const others = b.div(b.mul(take(b.mul(grad, product)), alone), nonzero);
    return [b.mul(grad, put(b.expand(b.scalar(1, x.dtype), x.shape), updates, "mul")), null, others];
  }
  const keptX = b.mask(b.apply("Equal", [x, y]), grad.dtype);
  const keptUpdates = b.mask(b.apply("Equal", [updates, take(y)]), grad.dtype);
  const share = b.div(grad, put(keptX, keptUpdates, "add"));
  return [b.mul(keptX, share), null, b.mul(keptUpdates, take(share))];
}

/** y = x, but y[…indices[…i…]…] joined with updates[…i…] along `axis`. ONNX ScatterElements-18. */
export const scatterElements = operator("ScatterElements", {
  attributes: { axis: integer(0), reduction: text("none") },
  inputs: 3,
  traits: { kind: "rearranges", parameters: {} },
  axes: keeps,
  infer: (inputs, { axis, reduction }) => {
    const [x, indices, updates] = inputs;
    if (x.shape.length === 0) throw new RangeError("ScatterElements needs an axis, and a scalar has none");
    const along = normalizeAxis(axis, x.shape.length);
    const inside =
      indices.shape.length === x.shape.length &&
      indices.shape.every((extent, i) => i === along || extent <= x.shape[i]!);
    return [check("ScatterElements", inputs, reduction, inside && sameShape(indices.shape, updates.shape))];
  },
  evaluate: ([x, indices, updates], { axis, reduction }) => [
    write(
      x,
      elementOffsets("ScatterElements", x.shape, indices, normalizeAxis(axis, x.shape.length)),
      updates,
      reduction,
    ),
  ],
  backward: ({ inputs, outputs: [y], grad, attributes: { axis, reduction }, b }) =>
    unscatter(b, inputs, y, grad, reduction, {
      put: (into, values, how) => b.apply("ScatterElements", [into, inputs[1], values], { axis, reduction: how }),
      take: (from) => b.apply("GatherElements", [from, inputs[1]], { axis }),
    }),
});

/**
 * y = x, but the slices of y at tuples of coordinates, the last axis of `indices`, joined with the
 * updates. ONNX ScatterND-18.
 */
export const scatterND = operator("ScatterND", {
  attributes: { reduction: text("none") },
  inputs: 3,
  traits: { kind: "rearranges", parameters: {} },
  axes: keeps,
  infer: (inputs, { reduction }) => {
    const [x, indices, updates] = inputs;
    const depth = indices.shape.at(-1) ?? Infinity;
    const slices = [...indices.shape.slice(0, -1), ...x.shape.slice(depth)];
    return [check("ScatterND", inputs, reduction, depth <= x.shape.length && sameShape(slices, updates.shape))];
  },
  evaluate: ([x, indices, updates], { reduction }) => [
    write(x, tupleOffsets("ScatterND", x.shape, indices), updates, reduction),
  ],
  backward: ({ inputs, outputs: [y], grad, attributes: { reduction }, b }) =>
    unscatter(b, inputs, y, grad, reduction, {
      put: (into, values, how) => b.apply("ScatterND", [into, inputs[1], values], { reduction: how }),
      take: (from) => b.apply("GatherND", [from, inputs[1]]),
    }),
});
