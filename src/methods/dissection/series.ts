import type { Graph, ValueName } from "../../graph/graph.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Network, RowSource } from "../network.ts";
import { TopValues } from "./top-values.ts";
import type { UnitGrid } from "./unit-grid.ts";
import type { SparseMask, UpsampledMask } from "./upsampled-mask.ts";

/** The units of one series: a network, and where their activations are read. */
export interface UnitSource {
  readonly network: Network;
  readonly grid: UnitGrid;
  readonly output: ValueName;
  /** Distinguishes its program from those of other series. */
  readonly key: string;
  readonly build: (graph: Graph) => Graph;
}

export interface SeriesSettings {
  readonly rows: RowSource;
  /** The quantile of all activations above which a unit is active. */
  readonly quantile: number;
  readonly mask: UpsampledMask;
  readonly memoryBudgetBytes: number;
  readonly cancelled: () => boolean;
  /** Called with every unit's mask of every picture, in order. */
  readonly onMask: (unit: number, picture: number, mask: SparseMask, greatest: number) => void;
  /** Called after each picture of the second pass. */
  readonly onPicture?: (picture: number) => void;
}

export interface Thresholds {
  /** [unit]; NaN if the unit has values that are not finite. */
  readonly thresholds: Float64Array;
  readonly invalid: (unit: number) => boolean;
  readonly constant: (unit: number) => boolean;
}

/** The shares of the memory budget for stored activations, and for the values that thresholds are made of. */
const storedShare = 0.25;
const topShare = 0.25;

/**
 * Two passes over the pictures: the first finds each unit's threshold, the second makes its masks. Activations are stored
 * between the passes if they fit into their share of the memory; else the network runs again.
 */
export async function* overPictures(
  source: UnitSource,
  settings: SeriesSettings,
): AsyncGenerator<{ readonly pass: 1 | 2; readonly done: number }, Thresholds | undefined> {
  const { rows, quantile, mask, memoryBudgetBytes, cancelled, onMask, onPicture } = settings;
  const { units, field } = source.grid;
  const positions = field.rows * field.columns;
  const kept = TopValues.needed(rows.count * positions, quantile);
  if (TopValues.bytes(units, kept) > memoryBudgetBytes * topShare)
    throw new GlassboxError(
      "resource",
      `the thresholds of ${units} units need the ${kept} greatest of ${rows.count * positions} activations each, more than a quarter of the memory`,
      { hint: "Use fewer pictures or a layer with fewer positions, or raise the memory budget." },
    );
  const top = new TopValues(units, kept);
  const stored: Float32Array[] | undefined =
    4 * rows.count * units * positions <= memoryBudgetBytes * storedShare ? [] : undefined;
  let seen = 0;
  for await (const values of activations(source, rows)) {
    for (let unit = 0; unit < units; unit++) top.add(unit, values, unit * positions, positions);
    stored?.push(values);
    seen++;
    yield { pass: 1, done: seen };
    if (cancelled()) return undefined;
  }
  const thresholds = Float64Array.from({ length: units }, (_, unit) =>
    top.isInvalid(unit) ? Number.NaN : top.quantile(unit, quantile),
  );
  let picture = 0;
  for await (const values of stored ?? activations(source, rows)) {
    for (let unit = 0; unit < units; unit++) {
      const threshold = thresholds[unit]!;
      if (Number.isNaN(threshold)) continue;
      const start = unit * positions;
      let greatest = -Infinity;
      for (let i = start; i < start + positions; i++) if (values[i]! > greatest) greatest = values[i]!;
      onMask(unit, picture, mask.above(values, start, threshold), greatest);
    }
    onPicture?.(picture);
    picture++;
    yield { pass: 2, done: picture };
    // Lets a stop be heard, because this pass may run without waiting for the network.
    if (picture % 16 === 0) await new Promise(setImmediate);
    if (cancelled()) break;
  }
  return { thresholds, invalid: top.isInvalid, constant: top.isConstant };
}

/** [unit, row, column] of each picture. */
async function* activations(
  { network, grid, output, key, build }: UnitSource,
  rows: RowSource,
): AsyncGenerator<Float32Array> {
  const size = grid.units * grid.positions;
  for await (const { values } of network.outputs(key, build, [output], rows)) {
    const [value] = values as readonly [Tensor];
    const data = value.data as Float32Array | Float64Array;
    for (let sample = 0; sample < value.shape[0]!; sample++)
      yield onGrid(data.subarray(sample * size, (sample + 1) * size), grid);
  }
}

/** The cells of the grid, [unit, row, column], of one sample's [unit, position]. */
function onGrid(data: Float32Array | Float64Array, { units, positions, at }: UnitGrid): Float32Array {
  const values = new Float32Array(units * at.length);
  let to = 0;
  for (let unit = 0, base = 0; unit < units; unit++, base += positions)
    for (const position of at) values[to++] = data[base + position]!;
  return values;
}
