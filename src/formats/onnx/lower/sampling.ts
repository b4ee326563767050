import type { Value } from "../../../graph/builder.ts";
import { otherwise, type LoweringContext, type Lowerings } from "./context.ts";

/** Sampling places of an affine map: θ times the homogeneous coordinates of the output's places in [−1, 1]. */
function affineGrid(c: LoweringContext): Value {
  const { b } = c;
  const theta = c.input(0);
  const size = c.required(1, "size");
  const places = size.slice(2);
  const rank = places.length;
  const total = places.reduce((n, extent) => n * extent, 1);
  const corners = c.flag("align_corners");
  const coordinate = (axis: number, i: number): number => {
    const extent = places[axis]!;
    const at = Math.floor(i / places.slice(axis + 1).reduce((n, e) => n * e, 1)) % extent;
    return corners ? (extent === 1 ? -1 : -1 + (2 * at) / (extent - 1)) : -1 + (2 * at + 1) / extent;
  };
  // Rows x, y (, z), 1: x runs along the last axis.
  const homogeneous = c.literal("float32", [rank + 1, total], (i) => {
    const row = Math.floor(i / total);
    return row === rank ? 1 : coordinate(rank - 1 - row, i % total);
  });
  return b.reshape(b.transpose(b.matmul(theta, homogeneous), [0, 2, 1]), [size[0]!, ...places, rank]);
}

/** Each value goes back to the flat place it came from; zeros elsewhere. */
function maxUnpool(c: LoweringContext): Value {
  const { b } = c;
  const x = c.input(0);
  const kernel = c.integers("kernel_shape") ?? c.refuse("it has no kernel shape");
  const strides = c.integers("strides") ?? kernel.map(() => 1);
  const pads = c.integers("pads") ?? [...kernel, ...kernel].map(() => 0);
  const inferred = [
    ...x.shape.slice(0, 2),
    ...kernel.map((extent, i) => (x.shape[i + 2]! - 1) * strides[i]! - pads[i]! - pads[kernel.length + i]! + extent),
  ];
  const size = inferred.reduce((n, extent) => n * extent, 1);
  const count = x.shape.reduce((n, extent) => n * extent, 1);
  const flat = c.apply(
    "ScatterElements",
    [b.zeros({ dtype: x.dtype, shape: [size] }), b.reshape(c.input(1), [count]), b.reshape(x, [count])],
    { axis: 0 },
  );
  const image = b.reshape(flat, inferred);
  const shape = c.numbers(2, "output shape");
  if (!shape) return image;
  return c.apply("Pad", [image], { pads: [...shape.map(() => 0), ...shape.map((extent, i) => extent - inferred[i]!)] });
}

export const sampling: Lowerings = { AffineGrid: otherwise(affineGrid), MaxUnpool: otherwise(maxUnpool) };
