import { writeNpy } from "../formats/numpy/npy.ts";
import type { CellReading } from "../protocol/question.ts";
import type { Heatmap } from "../protocol/result.ts";
import { toFloat64 } from "../tensor/tensor.ts";
import { csv } from "./csv.ts";
import { magnitudes } from "./heatmap-sums.ts";
import type { AnswerKind } from "./kind.ts";
import { missing } from "./reading/path.ts";
import type { Mask } from "./reading/reader.ts";
import { walk } from "./reading/walk.ts";

/** A number for every cell of the input. */
export const heatmap: AnswerKind<"heatmap"> = {
  readings: [
    ["share(mask)", "The share of the map's magnitude on the object of the mask."],
    ["half", "The smallest share of the cells that holds half of the magnitude."],
    ["certificate.target.score", "The value that the map explains."],
    ["map.greatest", "The greatest value; also least, sum, mean, magnitude, norm, at(…)."],
  ],
  read(data, { name, argument }, rest, context) {
    switch (name) {
      case "share":
        return shareOn(data, context.mask(argument ?? "mask"));
      case "half":
        return cellsOfHalf(data);
      case "map":
        return walk(data.values, rest, "the map");
      default:
        return undefined;
    }
  },
  lines: ({ blank }) => (blank === undefined ? [] : [blank]),
  formats: { csv: ({ data }) => mapCsv(data), npy: ({ data }) => writeNpy(data.values) },
  cell,
};

/** One line per cell: row, column, then one value per channel. */
function mapCsv({ values }: Heatmap): string {
  const [channels, rows, columns] = values.shape as [number, number, number];
  const numbers = toFloat64(values);
  const lines: (string | number)[][] = [
    ["row", "column", ...Array.from({ length: channels }, (_, c) => `channel ${c}`)],
  ];
  for (let i = 0; i < rows * columns; i++)
    lines.push([
      Math.floor(i / columns),
      i % columns,
      ...Array.from({ length: channels }, (_, c) => numbers[c * rows * columns + i]!),
    ]);
  return csv(lines);
}

/** The exact values of one cell, its rank and its share. */
function cell(map: Heatmap, row: number, column: number): CellReading {
  const [channels, , columns] = map.values.shape as [number, number, number];
  const { values: sums } = magnitudes(map);
  const at = row * columns + column;
  const numbers = toFloat64(map.values);
  const total = sums.reduce((sum, value) => sum + value, 0);
  return {
    values: Array.from({ length: channels }, (_, channel) => numbers[channel * sums.length + at]!),
    rank: 1 + sums.reduce((above, value) => above + (value > sums[at]! ? 1 : 0), 0),
    cells: sums.length,
    share: total ? sums[at]! / total : 0,
  };
}

/** The share of the magnitude on the object. A coarse cell is weighted by the fraction that the object covers. */
function shareOn(map: Heatmap, mask: Mask): number {
  const { rows, columns, values } = magnitudes(map);
  const covered = new Float64Array(values.length);
  const pixels = new Float64Array(values.length);
  for (let y = 0; y < mask.rows; y++) {
    for (let x = 0; x < mask.columns; x++) {
      const at = Math.floor((y * rows) / mask.rows) * columns + Math.floor((x * columns) / mask.columns);
      covered[at] = covered[at]! + mask.values[y * mask.columns + x]!;
      pixels[at] = pixels[at]! + 1;
    }
  }
  const total = values.reduce((sum, value) => sum + value, 0);
  if (!(total > 0)) return missing("the map is blank, so it has no share anywhere");
  return values.reduce((sum, value, i) => sum + (pixels[i] ? (value * covered[i]!) / pixels[i]! : 0), 0) / total;
}

/** The smallest share of the cells that contains half of the magnitude. */
function cellsOfHalf(map: Heatmap): number {
  const { values } = magnitudes(map);
  const total = values.reduce((sum, value) => sum + value, 0);
  if (!(total > 0)) return missing("the map is blank");
  const sorted = values.slice().sort().reverse();
  let held = 0;
  return (sorted.findIndex((value) => (held += value) >= total / 2) + 1) / values.length;
}
