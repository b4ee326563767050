/** A static shape: non-negative integers, outermost axis first; `[]` is a scalar. */
export type Shape = readonly number[];

/** The shape of an image, [batch, channels, …space], or of a convolution's weight, [filters, channels, …kernel]. */
export type ImageShape = readonly [number, number, ...number[]];

export function imageShape(shape: Shape): ImageShape {
  const [first, second, ...space] = shape;
  if (first === undefined || second === undefined)
    throw new RangeError(`an image needs a batch axis and a channel axis, which ${formatShape(shape)} lacks`);
  return [first, second, ...space];
}

/** Number of elements; 1 for a scalar. */
export const sizeOf = (shape: Shape): number => shape.reduce((size, extent) => size * extent, 1);

/** Whether extents and size are whole numbers that can be computed with; sums and products of a file's numbers may be anything. */
export function checkShape(shape: Shape): void {
  if (shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0) && Number.isSafeInteger(sizeOf(shape)))
    return;
  throw new RangeError(`there is no tensor of shape ${formatShape(shape)}`);
}

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((extent, axis) => extent === b[axis]);

/** Row-major strides, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/**
 * The shape that all of `shapes` broadcast to, by the multidirectional rule of NumPy and ONNX. It is `undefined` if two
 * extents differ and neither is 1.
 */
export function broadcastShapes(...shapes: readonly Shape[]): Shape | undefined {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    for (let i = 0; i < shape.length; i++) {
      const axis = rank - shape.length + i;
      const extent = shape[i]!;
      if (extent === 1 || extent === result[axis]) continue;
      if (result[axis] !== 1) return undefined;
      result[axis] = extent;
    }
  }
  return result;
}

/** Resolves an axis, which counts from the end if negative, and checks it against `rank`. */
export function normalizeAxis(axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || positive < 0 || positive >= Math.max(rank, 1)) {
    throw new RangeError(`axis ${axis} is outside a tensor of rank ${rank}`);
  }
  return positive;
}

export const formatShape = (shape: Shape): string => `[${shape.join(", ")}]`;
