import { colormap, colorOf } from "../data/colormap/colormap.ts";
import { encodePng } from "../data/image/encode-png.ts";
import type { Grid } from "../protocol/grid.ts";
import type { Result } from "../protocol/result.ts";
import { csv } from "./csv.ts";
import type { AnswerKind, Contents } from "./kind.ts";
import { missing } from "./reading/path.ts";

/** The side of a cell in the picture, in pixels. */
export const cellPixels = 16;

/** Numbers by row and column. */
export const grid: AnswerKind<"grid"> = {
  readings: [
    ["cell(row, column)", "One number, by the names of its row and column or by their positions, counted from 0."],
    ["least", "The least number; also greatest and mean."],
  ],
  read(data, { name, argument = "" }) {
    const known = data.cells.filter((value) => !Number.isNaN(value));
    switch (name) {
      case "cell":
        return cellOf(data, argument);
      case "least":
        return known.reduce((a, b) => Math.min(a, b), Infinity);
      case "greatest":
        return known.reduce((a, b) => Math.max(a, b), -Infinity);
      case "mean":
        return known.reduce((sum, value) => sum + value, 0) / known.length;
      default:
        return undefined;
    }
  },
  headline: (data) => {
    const best = data.cells.reduce(
      (at, value, i) => (value > (data.cells[at] ?? Number.NaN) || Number.isNaN(data.cells[at]!) ? i : at),
      0,
    );
    const value = data.cells[best];
    if (value === undefined || Number.isNaN(value)) return undefined;
    return `${data.quantity} at most ${value.toPrecision(3)}${data.unit && ` ${data.unit}`}, at ${data.rows[Math.floor(best / data.columns.length)]!}, ${data.columns[best % data.columns.length]!}`;
  },
  lines: (data) => gridLines(data),
  figures: ({ rows, columns, cells }) =>
    rows.flatMap((row, r) =>
      columns.map((column, c) => {
        const value = cells[r * columns.length + c]!;
        return [`cell(${row}, ${column})`, Number.isNaN(value) ? "" : value] as const;
      }),
    ),
  formats: gridFormats((data) => data),
  grid: (data) => data,
  caption: ({ quantity, unit, rowAxis, columnAxis }) =>
    `${quantity}${unit && ` in ${unit}`}, by ${rowAxis} and ${columnAxis}.`,
};

/** The export formats of grids. */
export function gridFormats<Data>(
  gridOf: (data: Data) => Grid,
): Readonly<Record<"csv" | "png", (result: Result<Data>) => Contents>> {
  return { csv: ({ data }) => gridCsv(gridOf(data)), png: ({ data }) => gridPng(gridOf(data)) };
}

export const gridCsv = ({ rows, columns, cells }: Grid): string =>
  csv([
    ["", ...columns],
    ...rows.map((name, row) => [name, ...Array.from(cells.subarray(row * columns.length, (row + 1) * columns.length))]),
  ]);

/** Pads columns to their widest number. Numbers have `decimals` digits after the point. */
export function gridLines({ rows, columns, cells }: Pick<Grid, "rows" | "columns" | "cells">, decimals = 2): string[] {
  const text = (value: number): string => (Number.isNaN(value) ? "·" : value.toFixed(decimals));
  const first = Math.max(0, ...rows.map(({ length }) => length));
  const at = (row: number, column: number): string => text(cells[row * columns.length + column]!);
  const widths = columns.map((name, column) => Math.max(name.length, ...rows.map((_, row) => at(row, column).length)));
  const line = (name: string, fields: readonly string[]): string =>
    [name.padEnd(first), ...fields.map((each, i) => each.padStart(widths[i]!))].join("  ").trimEnd();
  return [
    line("", columns),
    ...rows.map((name, row) =>
      line(
        name,
        columns.map((_, column) => at(row, column)),
      ),
    ),
  ];
}

/**
 * Draws square cells. The colour scale goes from 0 to the largest number, or symmetrically around 0 if there are
 * negative numbers.
 */
export function gridPng({ rows, columns, cells }: Pick<Grid, "rows" | "columns" | "cells">): Uint8Array {
  const known = cells.filter(Number.isFinite);
  const most = known.reduce((max, value) => Math.max(max, Math.abs(value)), 1e-12);
  const map = colormap(known.some((value) => value < 0) ? "signed" : "viridis");
  const width = columns.length * cellPixels;
  const pixels = new Uint8Array(width * rows.length * cellPixels * 3);
  for (let i = 0; i < pixels.length / 3; i++) {
    const value = cells[Math.floor(i / width / cellPixels) * columns.length + Math.floor((i % width) / cellPixels)]!;
    pixels.set(Number.isFinite(value) ? colorOf(map, value / most) : [96, 96, 96], 3 * i);
  }
  return encodePng(width, rows.length * cellPixels, 3, pixels);
}

function cellOf({ rows, columns, cells }: Grid, argument: string): number {
  const index = (names: readonly string[], text = ""): number => {
    const named = names.indexOf(text.trim());
    return named >= 0 ? named : text.trim() === "" ? -1 : Number(text);
  };
  const [row, column] = argument.split(",");
  const [r, c] = [index(rows, row), index(columns, column)];
  const value = rows[r] !== undefined && columns[c] !== undefined ? cells[r * columns.length + c]! : undefined;
  if (value === undefined)
    return missing(
      `there is no cell(${argument}); rows are 0 to ${rows.length - 1}, columns 0 to ${columns.length - 1}`,
    );
  return Number.isNaN(value) ? missing(`cell(${argument}) was not computed`) : value;
}
