import type { Table } from "../../src/protocol/generic-answers.ts";

export interface Order {
  readonly column: number;
  readonly descending: boolean;
}

/** Rows by one column: numbers by size, with those that are no number last, and texts by their letters. */
export function sortedRows(rows: Table["rows"], order: Order | undefined): Table["rows"] {
  if (order === undefined) return rows;
  const { column, descending } = order;
  const sign = descending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [x, y] = [a[column]!, b[column]!];
    if (typeof x !== "number" || typeof y !== "number")
      return sign * String(x).localeCompare(String(y), "en", { numeric: true });
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
    return sign * (x - y);
  });
}
