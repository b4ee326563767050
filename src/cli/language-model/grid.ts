import fs from "node:fs";
import path from "node:path";
import { colormap, colorOf } from "../../data/colormap/colormap.ts";
import { encodePng } from "../../data/image/encode-png.ts";
import { checkWords } from "../check-line.ts";
import type { Check } from "../../protocol/result.ts";

/** Numbers by row and column, with names for both; NaN where there is none. */
export interface Grid {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly values: ArrayLike<number>;
}

const csvField = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Every number with all its digits. */
export function gridCsv({ rows, columns, values }: Grid): string {
  const lines = [["", ...columns].map(csvField).join()];
  rows.forEach((name, row) =>
    lines.push([csvField(name), ...columns.map((_, column) => String(values[row * columns.length + column]))].join()),
  );
  return `${lines.join("\n")}\n`;
}

/** Columns as wide as their widest number; `decimals` digits behind the point. */
export function gridLines({ rows, columns, values }: Grid, decimals = 2): string[] {
  const text = (value: number): string => (Number.isNaN(value) ? "·" : value.toFixed(decimals));
  const first = Math.max(0, ...rows.map(({ length }) => length));
  const widths = columns.map((name, column) =>
    Math.max(name.length, ...rows.map((_, row) => text(values[row * columns.length + column]!).length)),
  );
  const line = (name: string, cells: readonly string[]): string =>
    [name.padEnd(first), ...cells.map((cell, i) => cell.padStart(widths[i]!))].join("  ").trimEnd();
  return [
    line("", columns),
    ...rows.map((name, row) =>
      line(
        name,
        columns.map((_, column) => text(values[row * columns.length + column]!)),
      ),
    ),
  ];
}

/** The side of a cell in the picture. */
export const cellPixels = 16;

/** Square cells: from 0 to the largest, or, where there are negative numbers, evenly around 0. */
export function gridPng({ rows, columns, values }: Grid): Uint8Array {
  const known = Array.from(values).filter(Number.isFinite);
  const most = Math.max(1e-12, ...known.map(Math.abs));
  const map = colormap(known.some((value) => value < 0) ? "signed" : "viridis");
  const width = columns.length * cellPixels;
  const pixels = new Uint8Array(width * rows.length * cellPixels * 3);
  for (let i = 0; i < pixels.length / 3; i++) {
    const value = values[Math.floor(i / width / cellPixels) * columns.length + Math.floor((i % width) / cellPixels)]!;
    pixels.set(Number.isFinite(value) ? colorOf(map, value / most) : [96, 96, 96], 3 * i);
  }
  return encodePng(width, rows.length * cellPixels, 3, pixels);
}

/** Typed arrays as plain ones; numbers that JSON lacks as null. */
export const toJson = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => (ArrayBuffer.isView(each) ? Array.from(each as Float64Array) : each), 1);

/** Writes what is there and gives the files' names. */
export function writeOut(
  folder: string | undefined,
  name: string,
  document: unknown,
  grid: Grid | undefined,
): string[] {
  if (folder === undefined) return [];
  fs.mkdirSync(folder, { recursive: true });
  const files: [string, string | Uint8Array][] = [[`${name}.json`, `${toJson(document)}\n`]];
  if (grid) files.push([`${name}.csv`, gridCsv(grid)], [`${name}.png`, gridPng(grid)]);
  return files.map(([file, content]) => {
    const target = path.join(folder, file);
    fs.writeFileSync(target, content);
    return target;
  });
}

export const certificateLines = (checks: readonly Check[]): string[] => checks.map(checkWords);
