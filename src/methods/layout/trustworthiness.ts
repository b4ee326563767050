import { nearestNeighbours, type Distance, type Points } from "./neighbours.ts";

/**
 * How far neighbours in a layout [point, 2] are neighbours of the points too (Venna, Kaski 2001):
 * 1 − 2 / (n k (2n − 3k − 1)) · Σ (rank − k) over the neighbours that only the layout has. 1 is best. Cost: n² log n.
 */
export function trustworthiness(points: Points, layout: Float64Array, k: number, distance: Distance): number {
  const { count } = points;
  const original = finished(nearestNeighbours(points, count, distance));
  const near = finished(nearestNeighbours({ count, features: 2, values: layout }, k + 1, "euclidean"));
  const rank = new Int32Array(count);
  let penalty = 0;
  for (let i = 0; i < count; i++) {
    for (let r = 0; r < count; r++) rank[original.indices[i * count + r]!] = r;
    for (let j = 1; j <= k; j++) penalty += Math.max(0, rank[near.indices[i * (k + 1) + j]!]! - k);
  }
  return 1 - (2 * penalty) / (count * k * (2 * count - 3 * k - 1));
}

/** Runs all steps and gives their result. */
export function finished<Step, Result>(steps: Generator<Step, Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
