import type { Grid } from "../../src/protocol/grid.ts";
import { FactList } from "../lib/FactList.tsx";
import { valueAt } from "../lib/GridView.tsx";
import type { Cell } from "../lib/paint-grid.ts";
import { Section } from "../lib/Section.tsx";

/** Those that float32 holds; the export has all. */
const digits = 7;

/** One cell of a grid, its rank, and what more the answer says of it. */
export function CellFacts({ grid, cell }: { readonly grid: Grid; readonly cell: Cell | undefined }) {
  if (cell === undefined || cell.row >= grid.rows.length || cell.column >= grid.columns.length)
    return (
      <Section title="Cell">
        <p class="quiet">Choose a cell to read it.</p>
      </Section>
    );
  const value = valueAt(grid, cell);
  const known = grid.cells.filter((each) => !Number.isNaN(each));
  const rank = 1 + known.filter((each) => Math.abs(each) > Math.abs(value)).length;
  const fact = grid.facts?.[cell.row * grid.columns.length + cell.column];
  const facts: readonly (readonly [string, string])[] = [
    [grid.rowAxis, grid.rows[cell.row]!],
    [grid.columnAxis, grid.columns[cell.column]!],
    [
      grid.quantity,
      Number.isNaN(value) ? "not computed" : `${Number(value.toPrecision(digits))}${grid.unit && ` ${grid.unit}`}`,
    ],
    ...(Number.isNaN(value) ? [] : [["rank by magnitude", `${rank} of ${known.length}`] as const]),
  ];
  return (
    <Section title="Cell">
      <FactList facts={facts} />
      {fact && <p>{fact}</p>}
    </Section>
  );
}
