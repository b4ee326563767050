import type { Points } from "../layout/neighbours.ts";

/** A cell of the grid over a layout, with the activations that lie in it. */
export interface Cell {
  readonly row: number;
  readonly column: number;
  /** Indices of activations; those nearest to the cell's mean first. */
  readonly members: Int32Array;
}

/**
 * A layout [point, 2] moved to the unit square: its 1st and 99th percentiles lie a tenth of their distance from the border,
 * and what is farther out is put onto the border, so that a few far points do not shrink the rest (Carter et al. 2019).
 */
export function inUnitSquare(layout: Float64Array): Float64Array {
  const out = new Float64Array(layout.length);
  for (const axis of [0, 1]) {
    const sorted = layout.filter((_, i) => i % 2 === axis).sort();
    const low = sorted[Math.floor((sorted.length - 1) * 0.01)]!;
    const high = sorted[Math.ceil((sorted.length - 1) * 0.99)]!;
    const margin = (high - low) * 0.1;
    const extent = high - low + 2 * margin;
    for (let i = axis; i < layout.length; i += 2) {
      const share = extent > 0 ? (layout[i]! - low + margin) / extent : 0.5;
      out[i] = Math.min(1, Math.max(0, share));
    }
  }
  return out;
}

/** The cells of a `side` × `side` grid over the unit square that hold at least `least` points, row by row. */
export function cellsOf(points: Points, square: Float64Array, side: number, least: number): readonly Cell[] {
  const members: number[][] = Array.from({ length: side * side }, () => []);
  const at = (share: number): number => Math.min(side - 1, Math.floor(share * side));
  for (let i = 0; i < points.count; i++) members[at(square[i * 2 + 1]!) * side + at(square[i * 2]!)]!.push(i);
  return members.flatMap((own, cell) =>
    own.length < least
      ? []
      : [{ row: Math.floor(cell / side), column: cell % side, members: nearestToMean(points, own) }],
  );
}

/** Members by their Euclidean distance from their mean, nearest first. */
function nearestToMean({ features, values }: Points, members: readonly number[]): Int32Array {
  const mean = new Float64Array(features);
  for (const i of members) for (let f = 0; f < features; f++) mean[f]! += values[i * features + f]! / members.length;
  const far = new Map(
    members.map((i) => {
      let sum = 0;
      for (let f = 0; f < features; f++) sum += (values[i * features + f]! - mean[f]!) ** 2;
      return [i, sum];
    }),
  );
  return Int32Array.from([...members].sort((a, b) => far.get(a)! - far.get(b)! || a - b));
}

/** The commonest label of some rows, with its share; the first of equals. */
export function commonest(labels: readonly number[]): { readonly label: number; readonly share: number } {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const [label, count] = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]!;
  return { label, share: count / labels.length };
}
