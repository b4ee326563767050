import { GlassboxError } from "../../tensor/errors.ts";

/** Rows of numbers: [row, feature], row after row. */
export interface Points {
  readonly count: number;
  readonly features: number;
  readonly values: Float32Array | Float64Array;
}

export type Distance = "euclidean" | "cosine";

/** The nearest neighbours of each point, nearest first: [point, neighbour]. The first one of each is the point itself. */
export interface Neighbours {
  readonly each: number;
  readonly indices: Int32Array;
  readonly distances: Float64Array;
}

/** All pairs are compared up to this number of points: 20,000 points are 400 million products. */
export const mostPoints = 20_000;

/** Points of one step, so that a block of rows stays in the cache while all other points pass by. */
const block = 64;

/**
 * Exact nearest neighbours by all products of rows. Cosine distance is 1 − cos; a row of zeros is at distance 1 from all
 * others. Equal distances are ordered by index. Cost: n²·features products. Yields the number of points done.
 */
export function* nearestNeighbours(points: Points, each: number, distance: Distance): Generator<number, Neighbours> {
  checkPoints(points, each);
  const { count, features } = points;
  const rows = distance === "cosine" ? unitRows(points) : centredRows(points);
  const squares = distance === "cosine" ? new Float64Array(count) : squaredLengths(rows, count, features);
  const indices = new Int32Array(count * each);
  const distances = new Float64Array(count * each);
  const nearest = new Float64Array(block * (each - 1));
  const found = new Int32Array(block * (each - 1));
  for (let first = 0; first < count; first += block) {
    const last = Math.min(count, first + block);
    nearest.fill(Infinity);
    for (let other = 0; other < count; other++)
      for (let row = first; row < last; row++)
        if (row !== other)
          insert(
            nearest,
            found,
            (row - first) * (each - 1),
            each - 1,
            squares[other]! - 2 * product(rows, row * features, other * features, features),
            other,
          );
    for (let row = first; row < last; row++) {
      const start = (row - first) * (each - 1);
      const chosen = Array.from(found.subarray(start, start + each - 1), (other) => ({
        other,
        far: exactDistance(rows, row * features, other * features, features, distance),
      })).sort((a, b) => a.far - b.far || a.other - b.other);
      indices[row * each] = row;
      chosen.forEach(({ other, far }, i) => {
        indices[row * each + i + 1] = other;
        distances[row * each + i + 1] = far;
      });
    }
    yield last;
  }
  return { each, indices, distances };
}

function checkPoints({ count, features, values }: Points, each: number): void {
  if (count > mostPoints)
    throw new GlassboxError("option", `a layout of ${count.toLocaleString("en")} points was asked for`, {
      hint: `All pairs of points are compared, up to ${mostPoints.toLocaleString("en")} points. Use fewer samples.`,
    });
  if (each < 2 || each > count)
    throw new GlassboxError("option", `${each} neighbours of ${count} points were asked for`, {
      hint: "A point counts as its own first neighbour: ask for at least 2, and for no more than there are points.",
    });
  const bad = values.subarray(0, count * features).findIndex((value) => !Number.isFinite(value));
  if (bad >= 0)
    throw new GlassboxError("input", `point ${Math.floor(bad / features)} has the value ${values[bad]}`, {
      hint: "A layout needs finite numbers: leave this sample out.",
    });
}

/** Euclidean distances do not change if all rows move; near the origin their squares cancel less. */
function centredRows({ count, features, values }: Points): Float64Array {
  const means = new Float64Array(features);
  for (let i = 0; i < count; i++) for (let f = 0; f < features; f++) means[f]! += values[i * features + f]! / count;
  const rows = new Float64Array(count * features);
  for (let i = 0; i < rows.length; i++) rows[i] = values[i]! - means[i % features]!;
  return rows;
}

function unitRows({ count, features, values }: Points): Float64Array {
  const rows = Float64Array.from(values.subarray(0, count * features));
  const squares = squaredLengths(rows, count, features);
  for (let i = 0; i < rows.length; i++) {
    const square = squares[Math.floor(i / features)]!;
    if (square > 0) rows[i]! /= Math.sqrt(square);
  }
  return rows;
}

function squaredLengths(rows: Float64Array, count: number, features: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => product(rows, i * features, i * features, features));
}

/** Four sums at once keep the processor's adders busy. */
function product(rows: Float64Array, a: number, b: number, features: number): number {
  let [s, t, u, v] = [0, 0, 0, 0];
  let f = 0;
  for (; f + 3 < features; f += 4) {
    s += rows[a + f]! * rows[b + f]!;
    t += rows[a + f + 1]! * rows[b + f + 1]!;
    u += rows[a + f + 2]! * rows[b + f + 2]!;
    v += rows[a + f + 3]! * rows[b + f + 3]!;
  }
  for (; f < features; f++) s += rows[a + f]! * rows[b + f]!;
  return s + t + (u + v);
}

function exactDistance(rows: Float64Array, a: number, b: number, features: number, distance: Distance): number {
  if (distance === "cosine") return Math.max(0, 1 - product(rows, a, b, features));
  let sum = 0;
  for (let f = 0; f < features; f++) sum += (rows[a + f]! - rows[b + f]!) ** 2;
  return Math.sqrt(sum);
}

/** Keeps the `size` least values from `start` on, in ascending order. */
function insert(
  nearest: Float64Array,
  found: Int32Array,
  start: number,
  size: number,
  value: number,
  index: number,
): void {
  let at = start + size - 1;
  if (value >= nearest[at]!) return;
  for (; at > start && nearest[at - 1]! > value; at--) {
    nearest[at] = nearest[at - 1]!;
    found[at] = found[at - 1]!;
  }
  nearest[at] = value;
  found[at] = index;
}
