import { useState } from "preact/hooks";
import type { Grid as GridAnswer } from "../../src/protocol/grid.ts";
import { Grid } from "./Grid.tsx";
import { figure } from "./numbers.ts";
import type { Cell } from "./paint-grid.ts";

interface Props {
  readonly grid: GridAnswer;
  readonly selected: Cell | undefined;
  readonly onSelect: (cell: Cell) => void;
}

/** The generic answer: its numbers as a picture and as a table. */
export function GridView({ grid, selected, onSelect }: Props) {
  const [cursor, setCursor] = useState<Cell>();
  const { rows, columns } = grid;
  const most = largestMagnitude(grid);
  const at = (row: number, column: number): number => valueAt(grid, { row, column });
  return (
    <Grid
      name="answer"
      label={`${grid.quantity}: ${rows.length} by ${grid.rowAxis}, ${columns.length} by ${grid.columnAxis}.`}
      rowTitle={grid.rowAxis}
      columnTitle={grid.columnAxis}
      rows={rows}
      columns={columns}
      shadeOf={(row, column) => (Number.isNaN(at(row, column)) ? undefined : at(row, column) / most)}
      textOf={(row, column) => written(at(row, column))}
      wholeTexts
      valueOf={(row, column) => written(at(row, column))}
      cursor={cursor}
      selected={selected}
      describe={(cell) => describeCell(grid, cell)}
      onCursor={setCursor}
      onSelect={onSelect}
    />
  );
}

const written = (value: number): string => (Number.isNaN(value) ? "" : figure(value));

export const valueAt = ({ cells, columns }: GridAnswer, { row, column }: Cell): number =>
  cells[row * columns.length + column] ?? Number.NaN;

/** The end of the scale: the largest magnitude of what was computed. */
export const largestMagnitude = ({ cells }: GridAnswer): number =>
  cells.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0) || 1;

/** One cell in words: where, what, and what more the answer says of it. */
export function describeCell(grid: GridAnswer, cell: Cell): string {
  const { rows, columns, rowAxis, columnAxis, unit, facts } = grid;
  const value = valueAt(grid, cell);
  const number = Number.isNaN(value) ? "not computed" : `${figure(value)}${unit && ` ${unit}`}`;
  const fact = facts?.[cell.row * columns.length + cell.column];
  return `${rowAxis} ${rows[cell.row]}, ${columnAxis} ${columns[cell.column]}: ${number}${fact ? ` · ${fact}` : ""}`;
}
