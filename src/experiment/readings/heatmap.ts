import type { Heatmap } from "../../protocol/result.ts";
import { toFloat64 } from "../../tensor/tensor.ts";
import { missing, type Segment } from "./path.ts";
import type { Mask, ReadingContext } from "./reader.ts";
import { walk } from "./walk.ts";

/** `share(mask)`, `half`, `map.greatest`, `blank`. */
export function readHeatmap(
  data: Heatmap,
  { name, argument }: Segment,
  rest: readonly Segment[],
  context: ReadingContext,
): unknown {
  switch (name) {
    case "share":
      return shareOn(data, context.mask(argument ?? "mask"));
    case "half":
      return placesOfHalf(data);
    case "map":
      return walk(data.values, rest, "the map");
    default:
      return undefined;
  }
}

/** Σ |a| over channels, for each place. */
function magnitudes({ values }: Heatmap): {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
} {
  const [channels, rows, columns] = values.shape as [number, number, number];
  const numbers = toFloat64(values);
  const sums = new Float64Array(rows * columns);
  for (let c = 0; c < channels; c++)
    for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! + Math.abs(numbers[c * sums.length + i]!);
  return { rows, columns, values: sums };
}

/** The share of the magnitude that lies on the object. A coarse cell counts by the part of it that the object covers. */
function shareOn(map: Heatmap, mask: Mask): number {
  const { rows, columns, values } = magnitudes(map);
  const covered = new Float64Array(values.length);
  const pixels = new Float64Array(values.length);
  for (let y = 0; y < mask.rows; y++) {
    for (let x = 0; x < mask.columns; x++) {
      const cell = Math.floor((y * rows) / mask.rows) * columns + Math.floor((x * columns) / mask.columns);
      covered[cell] = covered[cell]! + mask.values[y * mask.columns + x]!;
      pixels[cell] = pixels[cell]! + 1;
    }
  }
  const total = values.reduce((sum, value) => sum + value, 0);
  if (!(total > 0)) return missing("the map is blank, so it has no share anywhere");
  return values.reduce((sum, value, i) => sum + (pixels[i] ? (value * covered[i]!) / pixels[i]! : 0), 0) / total;
}

/** The smallest share of the places that holds half of the magnitude. */
function placesOfHalf(map: Heatmap): number {
  const { values } = magnitudes(map);
  const total = values.reduce((sum, value) => sum + value, 0);
  if (!(total > 0)) return missing("the map is blank");
  const sorted = values.slice().sort().reverse();
  let held = 0;
  return (sorted.findIndex((value) => (held += value) >= total / 2) + 1) / values.length;
}
