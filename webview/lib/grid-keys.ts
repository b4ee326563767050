import type { Cell } from "./paint-grid.ts";

const steps: Readonly<Record<string, readonly [row: number, column: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Where a key moves the cursor of a grid; undefined for keys that do not. With Shift, five cells at once. */
export function movedBy(
  key: string,
  shift: boolean,
  at: Cell | undefined,
  rows: number,
  columns: number,
): Cell | undefined {
  const clamp = (value: number, extent: number): number => Math.min(extent - 1, Math.max(0, value));
  const from = at ?? { row: rows - 1, column: columns - 1 };
  const step = steps[key];
  if (step && at === undefined) return from;
  if (step) {
    const by = shift ? 5 : 1;
    return { row: clamp(from.row + by * step[0], rows), column: clamp(from.column + by * step[1], columns) };
  }
  switch (key) {
    case "Home":
      return { row: from.row, column: 0 };
    case "End":
      return { row: from.row, column: columns - 1 };
    case "PageUp":
      return { row: 0, column: from.column };
    case "PageDown":
      return { row: rows - 1, column: from.column };
    default:
      return undefined;
  }
}
