/** How far a window with holes reaches. */
export const reach = (kernel: number, dilation: number): number => (kernel - 1) * dilation + 1;

/**
 * TensorFlow's padding "same": ⌈extent / stride⌉ results. An odd count puts one more after than before.
 * @returns before and after, one of each for every axis
 */
export function samePads(
  extents: readonly number[],
  kernel: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
): { before: readonly number[]; after: readonly number[] } {
  const totals = extents.map((extent, i) =>
    Math.max(0, (Math.ceil(extent / strides[i]!) - 1) * strides[i]! + reach(kernel[i]!, dilations[i]!) - extent),
  );
  const before = totals.map((total) => Math.floor(total / 2));
  return { before, after: totals.map((total, i) => total - before[i]!) };
}
