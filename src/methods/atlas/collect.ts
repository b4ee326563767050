import type { Graph } from "../../graph/graph.ts";
import { Random } from "../../tensor/random.ts";
import type { DataContext } from "../contexts.ts";
import { unitsGraph, unitsName, type UnitGrid } from "../dissection/unit-grid.ts";
import type { Points } from "../layout/neighbours.ts";
import type { Place } from "./patches.ts";

/** Activations at random positions, and where each was read. */
export interface Collected {
  readonly points: Points;
  readonly places: readonly Place[];
  /** The number of activations that were left out because they are not finite. */
  readonly notFinite: number;
}

/**
 * The vectors of a site at random positions of each picture: [activation, unit]. Positions on the border of the grid are left
 * out if there are others, because padding marks them. Yields the number of pictures done.
 */
export async function* collectActivations(
  { network, samples, cancelled }: DataContext,
  site: string,
  grid: UnitGrid,
  perPicture: number,
  seed: number,
): AsyncGenerator<number, Collected> {
  const { value } = network.site(site);
  const { units, positions: read, field } = grid;
  const positions = positionsOf(field.rows, field.columns);
  const random = new Random(seed);
  const each = Math.min(perPicture, positions.length);
  const values = new Float32Array(samples.rows.count * each * units);
  const places: Place[] = [];
  let [picture, notFinite] = [0, 0];
  const build = (graph: Graph): Graph => unitsGraph(graph, value);
  for await (const { values: outputs } of network.outputs(`atlas ${value}`, build, [unitsName(value)], samples.rows)) {
    const { data, shape } = outputs[0]!;
    for (let sample = 0; sample < shape[0]!; sample++, picture++)
      for (const at of random.permutation(positions.length).subarray(0, each)) {
        const { row, column } = positions[at]!;
        const base = sample * units * read + grid.at[row * field.columns + column]!;
        const to = places.length * units;
        for (let unit = 0; unit < units; unit++) values[to + unit] = Number(data[base + unit * read]);
        if (values.subarray(to, to + units).every(Number.isFinite)) places.push({ picture, row, column });
        else notFinite++;
      }
    yield picture;
    if (cancelled()) break;
  }
  return { points: { count: places.length, features: units, values }, places, notFinite };
}

function positionsOf(rows: number, columns: number): readonly { readonly row: number; readonly column: number }[] {
  const inner = rows > 2 && columns > 2 ? 1 : 0;
  return Array.from({ length: (rows - 2 * inner) * (columns - 2 * inner) }, (_, i) => ({
    row: inner + Math.floor(i / (columns - 2 * inner)),
    column: inner + (i % (columns - 2 * inner)),
  }));
}
