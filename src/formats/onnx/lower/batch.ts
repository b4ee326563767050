import { sizeOf, type Shape } from "../../../tensor/shape.ts";
import type { Value } from "../../../graph/builder.ts";
import type { LoweringContext } from "./context.ts";

/** The axis along which a value that the file computes for one sample now holds more. */
function batchAxis(shape: Shape, atOne: Shape | undefined): number | undefined {
  if (atOne?.length !== shape.length) return undefined;
  const axes = shape.flatMap((extent, axis) => (extent === atOne[axis] ? [] : [axis]));
  return axes.length === 1 ? axes[0] : undefined;
}

/**
 * The shape of a reshaped batch. What the file writes, [1, 197, −1] say, was meant for one sample, so
 * its result for one is taken, and the batch goes where it lay: elements before the batch axis are as
 * many on both sides.
 */
export function batchedShape(c: LoweringContext, x: Value): Shape | undefined {
  const { batch } = c.session;
  const target = batch?.shapesAtOne.get(c.node.outputs[0]!);
  const axis = batch && batchAxis(x.shape, batch.shapesAtOne.get(c.node.inputs[0]!));
  if (!batch || axis === undefined || target === undefined) return undefined;
  const before = sizeOf(x.shape.slice(0, axis));
  const places = target.flatMap((_, i) => (sizeOf(target.slice(0, i)) === before ? [i] : []));
  const place = places.find((i) => target[i] === 1) ?? places[0];
  const shape = target.map((extent, i) => (i === place ? extent * batch.size : extent));
  return sizeOf(shape) === sizeOf(x.shape) ? shape : undefined;
}

/** A constant of one sample, a class token say, is repeated to stand beside a batch. */
export function joinable(c: LoweringContext, values: readonly Value[], axis: number): readonly Value[] {
  const { batch } = c.session;
  if (!batch) return values;
  const widest = values.reduce(
    (shape, value) => shape.map((extent, i) => Math.max(extent, value.shape[i] ?? 0)),
    values[0]!.shape,
  );
  return values.map((value) => {
    const wanted = value.shape.map((extent, i) =>
      i !== axis && extent === 1 && widest[i] === batch.size ? batch.size : extent,
    );
    return c.b.expand(value, wanted);
  });
}
