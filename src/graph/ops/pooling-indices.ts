import { sizeOf } from "../../tensor/shape.ts";
import { fromFloat64 } from "../../tensor/tensor.ts";
import type { Builder, Value } from "../builder.ts";
import { differentiate } from "../transform/differentiate.ts";
import { maxPoolGradient } from "./pooling-gradient.ts";
import { windowOf } from "./window.ts";

interface MaxPoolAttributes {
  readonly kernel_shape: readonly number[];
  readonly strides?: readonly number[] | undefined;
  readonly pads?: readonly number[] | undefined;
  readonly dilations?: readonly number[] | undefined;
  readonly ceil_mode?: boolean | undefined;
  readonly storage_order?: number | undefined;
}

/**
 * MaxPool's second output, for the networks that unpool by it: where in x each maximum y was first found, as int64
 * positions in all of x; with `storage_order` 1 the last two axes count columns first.
 * The gradient of max pooling is a linear map that puts each cotangent at its maximum; its adjoint fetches from there
 * whatever is asked of every pixel, here the pixel's own position.
 */
export function maxPoolIndices(b: Builder, x: Value, y: Value, attributes: MaxPoolAttributes): Value {
  const window = windowOf("MaxPool", attributes.kernel_shape, attributes);
  // Named, since an equal value inside the gradient must not be taken for it. Float32 could not count beyond 2²⁴.
  const cotangent = b.apply(
    "Identity",
    [b.zeros({ dtype: "float64", shape: y.shape })],
    {},
    { names: [b.fresh("cotangent")] },
  );
  const gradient = maxPoolGradient(b, x, y, cotangent, window, attributes.ceil_mode ?? false);
  const space = x.shape.slice(2);
  const [rows, columns] = space.slice(-2);
  const byColumns = attributes.storage_order === 1 && space.length >= 2;
  const size = sizeOf(space);
  const positions = Float64Array.from({ length: size }, (_, i) =>
    byColumns ? i - (i % (rows! * columns!)) + (i % columns!) * rows! + (Math.floor(i / columns!) % rows!) : i,
  );
  const own = b.expand(b.tensor(fromFloat64("float64", [1, 1, ...space], positions)), x.shape);
  const [inPlane] = differentiate(b, [{ of: gradient, cotangent: own }], [cotangent]);
  const planes = Float64Array.from({ length: x.shape[0]! * x.shape[1]! }, (_, plane) => plane * size);
  const offsets = b.tensor(fromFloat64("float64", [...x.shape.slice(0, 2), ...space.map(() => 1)], planes));
  return b.cast(b.add(inPlane!, offsets), "int64");
}
