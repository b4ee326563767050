import { coreOperators } from "../../graph/ops/table.ts";
import { prune } from "../../graph/prune.ts";
import { cut, passing } from "../../graph/transform/cut.ts";
import type { DissectedUnit } from "../../protocol/dissection.ts";
import { stackRows, takeRows } from "../../tensor/rows.ts";
import { float32, toFloat64, type Tensor } from "../../tensor/tensor.ts";
import type { Network, RowSource } from "../network.ts";
import type { UnitGrid } from "./unit-grid.ts";

type Effect = NonNullable<DissectedUnit["ablation"]>;

/** Whether the class scores depend on a site, so that its units can be ablated. */
export function reachesLogits(network: Network, site: string): boolean {
  const { graph, source } = network;
  const { value } = network.site(site);
  const after = new Set([value]);
  for (const { inputs, outputs } of graph.nodes)
    if (inputs.some((name) => name !== null && after.has(name))) outputs.forEach((output) => after.add(output));
  return value !== source.logits && after.has(source.logits) && network.classes > 1;
}

/**
 * What setting one unit to 0 at every position does to the class probabilities of some pictures. Everything before the site
 * is computed once for each picture; what bypasses the site is kept.
 *
 * @param pictures the pictures of each unit that is ablated
 */
export async function* ablations(
  network: Network,
  site: string,
  grid: UnitGrid,
  rows: RowSource,
  pictures: ReadonlyMap<number, readonly number[]>,
  cancelled: () => boolean,
): AsyncGenerator<{ readonly done: number; readonly total: number }, ReadonlyMap<number, Effect>> {
  const { value } = network.site(site);
  const { logits, input } = network.source;
  const bypass = passing(network.graph, [value], [logits]);
  const from = [value, ...bypass.filter((name) => name !== value)];
  const units = new Map<number, number[]>();
  for (const [unit, own] of pictures)
    for (const picture of own) units.set(picture, [...(units.get(picture) ?? []), unit]);
  const sums = new Map<number, { divergence: number; changed: number; pictures: number }>();
  const total = [...units.values()].reduce((sum, own) => sum + own.length, 0);
  let done = 0;
  const head = await network.program(`ablation before ${value}`, 1, (graph) =>
    prune({ ...graph, outputs: [...new Set([...from.filter((name) => name !== input), logits])] }),
  );
  const batch = Math.max(1, Math.min(network.microBatch(), 16));
  const tail = await network.program(`ablation after ${value}`, batch, (graph) =>
    cut(graph, from, [logits], coreOperators),
  );
  for (const [picture, own] of [...units].sort(([a], [b]) => a - b)) {
    const sample = rows.rows(picture, 1);
    const before = await head.run(new Map([[input, sample]]));
    const given = new Map<string, Tensor>([[input, sample], ...before]);
    const intact = logProbabilities(toFloat64(before.get(logits)!));
    for (let first = 0; first < own.length; first += batch) {
      if (cancelled()) return finished(sums);
      const some = own.slice(first, first + batch);
      const zeroed = some.map((unit) => without(given.get(value)!, unit, grid));
      while (zeroed.length < batch) zeroed.push(zeroed[0]!);
      const feeds = [...tail.inputs.keys()].map((name) => {
        const one = given.get(name)!;
        return [
          name,
          name === value ? stackRows(zeroed) : stackRows(Array.from({ length: batch }, () => one)),
        ] as const;
      });
      const out = (await tail.run(new Map(feeds))).get(logits)!;
      some.forEach((unit, i) => {
        const scores = logProbabilities(toFloat64(takeRows(out, i, 1)));
        const sum = sums.get(unit) ?? { divergence: 0, changed: 0, pictures: 0 };
        sum.divergence += divergence(intact, scores);
        sum.changed += firstClass(intact) === firstClass(scores) ? 0 : 1;
        sum.pictures++;
        sums.set(unit, sum);
      });
      done += some.length;
      yield { done, total };
    }
  }
  return finished(sums);
}

const finished = (sums: ReadonlyMap<number, Effect>): ReadonlyMap<number, Effect> =>
  new Map(
    [...sums].map(([unit, { divergence: sum, changed, pictures }]) => [
      unit,
      { divergence: sum / pictures, changed: changed / pictures, pictures },
    ]),
  );

/** The activation with one unit at 0, at all its positions; also at tokens that are not part of the grid. */
function without(activation: Tensor, unit: number, { places }: UnitGrid): Tensor {
  const values = Float32Array.from(toFloat64(activation));
  const start = places.channel[unit]!;
  for (const position of places.position) values[start + position] = 0;
  return float32(activation.shape, values);
}

function logProbabilities(logits: Float64Array): Float64Array {
  const most = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const total = Math.log(logits.reduce((sum, value) => sum + Math.exp(value - most), 0)) + most;
  return logits.map((value) => value - total);
}

/** Σ p (log p − log q), in nats. Rounding may leave a sum below 0. */
const divergence = (p: Float64Array, q: Float64Array): number =>
  Math.max(
    0,
    p.reduce((sum, log, i) => sum + Math.exp(log) * (log - q[i]!), 0),
  );

const firstClass = (scores: Float64Array): number => scores.indexOf(scores.reduce((a, b) => Math.max(a, b), -Infinity));
