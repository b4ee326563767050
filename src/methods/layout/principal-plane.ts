import { Random } from "../../tensor/random.ts";
import type { Points } from "./neighbours.ts";

const iterations = 60;

/**
 * The two first principal components of each point: [point, 2]. Orthogonal iteration with Xᵀ(Xv) on centred rows, from a
 * seeded start; the greatest loading of each component is positive. Cost: 4·n·features products an iteration.
 */
export function principalPlane({ count, features, values }: Points, seed: number): Float64Array {
  const means = new Float64Array(features);
  for (let i = 0; i < count; i++) for (let f = 0; f < features; f++) means[f]! += values[i * features + f]! / count;
  const projected = (axis: Float64Array): Float64Array => {
    const shift = axis.reduce((sum, loading, f) => sum + loading * means[f]!, 0);
    return Float64Array.from({ length: count }, (_, i) => {
      let sum = -shift;
      for (let f = 0; f < features; f++) sum += axis[f]! * values[i * features + f]!;
      return sum;
    });
  };
  const timesCovariance = (axis: Float64Array): Float64Array => {
    const scores = projected(axis);
    const total = scores.reduce((sum, score) => sum + score, 0);
    const next = new Float64Array(features);
    for (let i = 0; i < count; i++)
      for (let f = 0; f < features; f++) next[f]! += scores[i]! * values[i * features + f]!;
    for (let f = 0; f < features; f++) next[f]! -= total * means[f]!;
    return next;
  };
  const random = new Random(seed);
  let axes = orthonormal([random.normals(features), random.normals(features)]);
  for (let step = 0; step < iterations; step++) axes = orthonormal(axes.map(timesCovariance));
  const plane = new Float64Array(count * 2);
  axes.map(upright).forEach((axis, c) => projected(axis).forEach((score, i) => (plane[i * 2 + c] = score)));
  return plane;
}

/** Gram and Schmidt. An axis without length, as of data on one line, becomes zeros. */
function orthonormal(axes: readonly Float64Array[]): Float64Array[] {
  const done: Float64Array[] = [];
  for (const axis of axes) {
    const next = axis.slice();
    const before = Math.hypot(...next);
    for (const earlier of done) {
      const along = next.reduce((sum, value, f) => sum + value * earlier[f]!, 0);
      for (let f = 0; f < next.length; f++) next[f]! -= along * earlier[f]!;
    }
    const length = Math.hypot(...next);
    done.push(length > before * 1e-12 ? next.map((value) => value / length) : next.fill(0));
  }
  return done;
}

const upright = (axis: Float64Array): Float64Array => {
  const greatest = axis.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  return greatest < 0 ? axis.map((value) => -value) : axis;
};
