import type { Table } from "../protocol/generic-answers.ts";
import { csv } from "./csv.ts";
import type { AnswerKind } from "./kind.ts";
import { missing } from "./reading/path.ts";

/** A table with named columns. */
export const rows: AnswerKind<"table"> = {
  readings: [
    ["cell(row, column)", "One entry: rows count from 1, or go by their first entry; columns go by name."],
    ["count", "How many rows there are."],
  ],
  read(data, { name, argument = "" }) {
    if (name === "count") return data.rows.length;
    return name === "cell" ? cellOf(data, argument) : undefined;
  },
  headline: ({ rowKind, rows: all }) => `${all.length} ${all.length === 1 ? rowKind : `${rowKind}s`}`,
  lines: tableLines,
  formats: { csv: ({ data: { columns, rows: all } }) => csv([columns.map(({ name }) => name), ...all]) },
};

function cellOf({ columns, rows: all, rowKind }: Table, argument: string): string | number {
  const comma = argument.lastIndexOf(",");
  const [row, column] = [argument.slice(0, comma).trim(), argument.slice(comma + 1).trim()];
  const found = all.find(([first]) => String(first) === row) ?? all[Number(row) - 1];
  const at = columns.findIndex(({ name }) => name === column);
  if (found === undefined) return missing(`there is no ${rowKind} ${row}; there are ${all.length}`);
  return found[at] ?? missing(`there is no column ${column}; there are ${columns.map(({ name }) => name).join(", ")}`);
}

/** Pads columns to their widest entry and aligns numbers right. Columns of whole numbers have no decimals. */
function tableLines({ columns, rows: all }: Table): string[] {
  const whole = columns.map((_, i) => all.every((row) => typeof row[i] !== "number" || Number.isInteger(row[i])));
  const text = (entry: string | number, i: number): string =>
    typeof entry === "number" && !whole[i] ? entry.toPrecision(4) : String(entry);
  const head = columns.map(({ name, unit }) => (unit ? `${name} (${unit})` : name));
  const lines = [head, ...all.map((row) => row.map(text))];
  const widths = head.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
  const numeric = head.map((_, i) => all.every((row) => typeof row[i] === "number"));
  return lines.map((line) =>
    line
      .map((entry, i) => (numeric[i] ? entry.padStart(widths[i]!) : entry.padEnd(widths[i]!)))
      .join("  ")
      .trimEnd(),
  );
}
