import type { Neighbours } from "./neighbours.ts";

/** A symmetric graph: edge e goes from `from[e]` to `to[e]` with `weight[e]` in (0, 1]. Each edge is there in both directions, ordered by `from`, then `to`. */
export interface FuzzyGraph {
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly weight: Float64Array;
}

const tolerance = 1e-5;
const bisections = 64;
/** A width is at least this share of the mean distance, or points with equal neighbours would be torn apart. */
const leastShare = 1e-3;

/**
 * The fuzzy graph of UMAP (McInnes, Healy, Melville 2018, algorithms 2 and 3): the membership of neighbour j of point i is
 * exp(−max(0, dᵢⱼ − ρᵢ) / σᵢ), where ρᵢ is the distance of the nearest other point and σᵢ makes the memberships sum to
 * log₂ k. Both directions are joined by the probabilistic union a + b − ab.
 */
export function fuzzyGraph(neighbours: Neighbours): FuzzyGraph {
  const { each, indices } = neighbours;
  const count = indices.length / each;
  const directed = memberships(neighbours);
  const rows: Map<number, number>[] = Array.from({ length: count }, () => new Map<number, number>());
  for (let i = 0; i < count; i++)
    for (let j = 1; j < each; j++) rows[i]!.set(indices[i * each + j]!, directed[i * each + j]!);
  const joined: Map<number, number>[] = Array.from({ length: count }, () => new Map<number, number>());
  for (let i = 0; i < count; i++)
    for (const [other, a] of rows[i]!) {
      const b = rows[other]!.get(i) ?? 0;
      const union = a + b - a * b;
      if (union === 0) continue;
      joined[i]!.set(other, union);
      joined[other]!.set(i, union);
    }
  const edges = joined.flatMap((row, i) =>
    [...row].sort(([a], [b]) => a - b).map(([other, weight]) => ({ i, other, weight })),
  );
  return {
    from: Int32Array.from(edges, ({ i }) => i),
    to: Int32Array.from(edges, ({ other }) => other),
    weight: Float64Array.from(edges, ({ weight }) => weight),
  };
}

function memberships({ each, distances }: Neighbours): Float64Array {
  const out = new Float64Array(distances.length);
  const meanOfAll = mean(distances);
  for (let start = 0; start < distances.length; start += each) {
    const row = distances.subarray(start, start + each);
    const rho = row.find((distance) => distance > 0) ?? 0;
    const sigma = Math.max(widthOf(row, rho), leastShare * (rho > 0 ? mean(row) : meanOfAll));
    for (let j = 1; j < each; j++) {
      const beyond = row[j]! - rho;
      out[start + j] = beyond <= 0 || sigma === 0 ? 1 : Math.exp(-beyond / sigma);
    }
  }
  return out;
}

/** σ by bisection. The tolerance is umap-learn's, so that weights agree. */
function widthOf(row: Float64Array, rho: number): number {
  const wanted = Math.log2(row.length);
  let [low, high, width] = [0, Infinity, 1];
  for (let step = 0; step < bisections; step++) {
    let sum = 0;
    for (let j = 1; j < row.length; j++) sum += row[j]! > rho ? Math.exp(-(row[j]! - rho) / width) : 1;
    if (Math.abs(sum - wanted) < tolerance) break;
    if (sum > wanted) high = width;
    else low = width;
    width = high === Infinity ? width * 2 : (low + high) / 2;
  }
  return width;
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
