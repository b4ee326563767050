import { sizeOf, type Shape } from "../../tensor/shape.ts";
import { lift, type Window } from "./window.ts";

/** From the first tap to before the last that lies between `least` and `end`, by arithmetic: a file may claim any number of taps. */
function tapRange(start: number, step: number, taps: number, least: number, end: number): readonly [number, number] {
  const from = Math.max(0, Math.ceil((least - start) / step));
  return [from, Math.max(from, Math.min(taps, Math.ceil((end - start) / step)))];
}

/** The maximum or the sum over the taps inside the image. NaN wins over all, as in PyTorch: it must not vanish unseen. */
export function slideWindow(
  x: Float64Array,
  from: Shape,
  to: Shape,
  window: Window,
  what: "maximum" | "sum",
): Float64Array {
  const image = lift(from.slice(2), 1);
  const result = lift(to.slice(2), 1);
  const [kernel, stride] = [lift(window.kernel, 1), lift(window.strides, 1)];
  const [dilation, pad] = [lift(window.dilations, 1), lift(window.before, 0)];
  const positions = ([0, 1, 2] as const).map((axis) =>
    Array.from({ length: result[axis] }, (_, o) => {
      const start = o * stride[axis] - pad[axis];
      const [first, end] = tapRange(start, dilation[axis], kernel[axis], 0, image[axis]);
      return { from: start + first * dilation[axis], to: start + end * dilation[axis] };
    }),
  );
  const [, height, width] = image;
  const [stepD, stepH, stepW] = dilation;
  const maximum = what === "maximum";
  const y = new Float64Array(sizeOf(to));
  const planes = from[0]! * from[1]!;
  for (let plane = 0, at = 0; plane < planes; plane++) {
    for (const depths of positions[0]!) {
      for (const rows of positions[1]!) {
        for (const columns of positions[2]!) {
          let max = -Infinity;
          let sum = 0;
          for (let d = depths.from; d < depths.to; d += stepD) {
            for (let h = rows.from; h < rows.to; h += stepH) {
              const line = ((plane * image[0] + d) * height + h) * width;
              for (let w = columns.from; w < columns.to; w += stepW) {
                const value = x[line + w]!;
                sum += value;
                if (value > max || value !== value) max = value;
              }
            }
          }
          y[at++] = maximum ? max : sum;
        }
      }
    }
  }
  return y;
}

/**
 * How many taps each window averages over: those inside the image or, with `includePadding`, inside the padded
 * image. A window over nothing but padding counts as one.
 */
export function tapCounts(
  window: Window,
  image: readonly number[],
  result: readonly number[],
  includePadding: boolean,
): Float64Array {
  const perAxis = result.map((count, axis) => {
    const [least, end] = includePadding
      ? [-window.before[axis]!, image[axis]! + window.after[axis]!]
      : [0, image[axis]!];
    return Array.from({ length: count }, (_, o) => {
      const [first, last] = tapRange(
        o * window.strides[axis]! - window.before[axis]!,
        window.dilations[axis]!,
        window.kernel[axis]!,
        least,
        end,
      );
      return last - first;
    });
  });
  const products = perAxis.reduce((all, counts) => all.flatMap((x) => counts.map((y) => x * y)), [1]);
  return Float64Array.from(products, (count) => Math.max(1, count));
}
