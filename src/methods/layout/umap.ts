import { Random } from "../../tensor/random.ts";
import { fitCloseness, type Closeness } from "./closeness.ts";
import { fuzzyGraph, type FuzzyGraph } from "./fuzzy-graph.ts";
import { nearestNeighbours, type Distance, type Points } from "./neighbours.ts";
import { principalPlane } from "./principal-plane.ts";

export interface LayoutOptions {
  /** The number of neighbours of a point, itself included. */
  readonly neighbours: number;
  readonly distance: Distance;
  /** The least distance of points in the layout, and the scale of its distances. */
  readonly minimum: number;
  readonly spread: number;
  /** Passes over the graph; chosen by the number of points if undefined. */
  readonly epochs?: number | undefined;
  readonly seed: number;
}

export type LayoutStep =
  | { readonly stage: "neighbours"; readonly done: number; readonly total: number }
  /** `layout` is [point, 2], and goes on changing. */
  | { readonly stage: "layout"; readonly done: number; readonly total: number; readonly layout: Float64Array };

const negatives = 5;
const farthestStep = 4;
const startWidth = 10;
const jitter = 1e-4;

/**
 * UMAP (McInnes, Healy, Melville 2018, arXiv:1802.03426) to two dimensions: [point, 2]. Exact neighbours, and a start from
 * the two first principal components, scaled to ±10. Equal points, options and seeds give equal bytes. The caller stops it
 * by taking no further step.
 */
export function* umap(points: Points, options: LayoutOptions): Generator<LayoutStep, Float64Array> {
  const search = nearestNeighbours(points, options.neighbours, options.distance);
  let step = search.next();
  while (!step.done) {
    yield { stage: "neighbours", done: step.value, total: points.count };
    step = search.next();
  }
  const graph = fuzzyGraph(step.value);
  const random = new Random(options.seed);
  const layout = principalPlane(points, options.seed);
  const widest = layout.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  for (let i = 0; i < layout.length; i++) layout[i] = (layout[i]! / widest) * startWidth + jitter * random.normal();
  const total = options.epochs ?? (points.count <= 10_000 ? 500 : 200);
  const epochs = optimized(layout, graph, fitCloseness(options.minimum, options.spread), total, random);
  for (const done of epochs) yield { stage: "layout", done, total, layout };
  return layout;
}

/**
 * Stochastic descent of the cross entropy: in each epoch an edge is sampled in proportion to its weight. Its ends attract
 * each other, and five random points repel its start for each sample. Steps shrink linearly to 0. Changes `layout`.
 */
function* optimized(
  layout: Float64Array,
  { from, to, weight }: FuzzyGraph,
  { a, b }: Closeness,
  epochs: number,
  random: Random,
): Generator<number, void> {
  const count = layout.length / 2;
  const greatest = weight.reduce((most, each) => Math.max(most, each), 0);
  const every = weight.map((each) => (each < greatest / epochs ? Infinity : greatest / each));
  const next = every.slice();
  const nextNegative = every.map((period) => period / negatives);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const rate = 1 - epoch / epochs;
    for (let e = 0; e < every.length; e++) {
      if (next[e]! > epoch) continue;
      const head = from[e]! * 2;
      const tail = to[e]! * 2;
      let dx = layout[head]! - layout[tail]!;
      let dy = layout[head + 1]! - layout[tail + 1]!;
      let square = dx * dx + dy * dy;
      if (square > 0) {
        const power = square ** b;
        const pull = (-2 * a * b * power) / (square * (a * power + 1));
        const mx = clipped(pull * dx) * rate;
        const my = clipped(pull * dy) * rate;
        layout[head]! += mx;
        layout[head + 1]! += my;
        layout[tail]! -= mx;
        layout[tail + 1]! -= my;
      }
      next[e]! += every[e]!;
      const period = every[e]! / negatives;
      const samples = Math.floor((epoch - nextNegative[e]!) / period);
      for (let s = 0; s < samples; s++) {
        const other = (random.uint32() % count) * 2;
        if (other === head) continue;
        dx = layout[head]! - layout[other]!;
        dy = layout[head + 1]! - layout[other + 1]!;
        square = dx * dx + dy * dy;
        if (square === 0) continue;
        const push = (2 * b) / ((0.001 + square) * (a * square ** b + 1));
        layout[head]! += clipped(push * dx) * rate;
        layout[head + 1]! += clipped(push * dy) * rate;
      }
      nextNegative[e]! += samples * period;
    }
    yield epoch + 1;
  }
}

const clipped = (value: number): number => Math.max(-farthestStep, Math.min(farthestStep, value));
