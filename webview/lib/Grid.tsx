import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { movedBy } from "./grid-keys.ts";
import { GridTable } from "./GridTable.tsx";
import { cellAt, layoutGrid, paintGrid, type Cell, type GridData, type Marks } from "./paint-grid.ts";
import { useTheme } from "./theme.ts";
import { useWidth } from "./use-width.ts";

interface Props extends GridData {
  /** For tests and exports. */
  readonly name: string;
  /** What it shows, in a sentence, for those who do not see it. */
  readonly label: string;
  readonly rowTitle: string;
  readonly columnTitle: string;
  readonly square?: boolean;
  readonly cursor: Cell | undefined;
  readonly selected?: Cell | undefined;
  readonly litColumn?: number | undefined;
  readonly litRow?: number | undefined;
  /** One line about a cell: under the grid, and for screen readers. */
  readonly describe: (cell: Cell) => string;
  /** The number of a cell, for the table. */
  readonly valueOf: (row: number, column: number) => string;
  readonly onCursor: (cell: Cell | undefined) => void;
  readonly onSelect?: ((cell: Cell) => void) | undefined;
}

/** What of the panel's height other things take. */
const aboveAndBelow = 400;
const KEYS =
  "Arrow keys move the cursor, with Shift by five; Home, End, Page Up and Page Down go to the ends; Enter chooses a cell.";

/** A grid of numbers as a picture, with a cursor that mouse and keyboard move, its reading, and its table. */
export function Grid({
  name,
  label,
  rowTitle,
  columnTitle,
  square = false,
  cursor,
  selected,
  litColumn,
  litRow,
  describe,
  valueOf,
  onCursor,
  onSelect,
  ...data
}: Props) {
  const theme = useTheme();
  const [box, width] = useWidth<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [table, setTable] = useState(false);
  const tallest = Math.max(240, innerHeight - aboveAndBelow);
  const layout = useMemo(
    () => layoutGrid(data, theme, width || 300, tallest, square),
    [data.rows, data.columns, theme, width, tallest, square],
  );
  const marks: Marks = { cursor, selected, litColumn, litRow };
  useEffect(() => void (canvas.current && paintGrid(canvas.current, data, marks, layout, theme)));

  const at = (event: MouseEvent): Cell | undefined => {
    const bounds = canvas.current!.getBoundingClientRect();
    return cellAt(data, layout, event.clientX - bounds.left, event.clientY - bounds.top);
  };
  const choose = (cell: Cell | undefined): void => void (cell && onSelect?.(cell));
  return (
    <div class="grid" ref={box}>
      <div class="scroll">
        <canvas
          ref={canvas}
          data-grid={name}
          role="img"
          tabIndex={0}
          aria-label={`${label} ${KEYS}`}
          style={{ width: `${layout.width}px`, height: `${layout.height}px` }}
          onPointerMove={(event) => onCursor(at(event))}
          onPointerLeave={() => onCursor(undefined)}
          onClick={(event) => choose(at(event))}
          onKeyDown={(event) => {
            const moved = movedBy(event.key, event.shiftKey, cursor, data.rows.length, data.columns.length);
            if (moved) onCursor(moved);
            else if (event.key === "Enter" || event.key === " ") choose(cursor);
            else if (event.key === "Escape") onCursor(undefined);
            else return;
            event.preventDefault();
          }}
        />
      </div>
      <p class="reading" role="status">
        {cursor && cursor.row < data.rows.length && cursor.column < data.columns.length ? describe(cursor) : ""}
      </p>
      <button class="link" aria-expanded={table} onClick={() => setTable(!table)}>
        {table ? "Hide table" : "Table"}
      </button>
      {table && (
        <GridTable
          caption={label}
          rowTitle={rowTitle}
          columnTitle={columnTitle}
          rows={data.rows}
          columns={data.columns}
          valueOf={valueOf}
        />
      )}
    </div>
  );
}
