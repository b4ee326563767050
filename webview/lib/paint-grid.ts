import { css, inkOn, mix, shade, type Theme } from "./theme.ts";

export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** What a grid draws: rows from top to bottom. */
export interface GridData {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** −1 to 1; undefined while it is not known. */
  readonly shadeOf: (row: number, column: number) => number | undefined;
  /** Written into the cell where there is room. */
  readonly textOf?: ((row: number, column: number) => string) | undefined;
  /** Leaves a text out where it does not fit, instead of cutting it: a number that is cut is another number. */
  readonly wholeTexts?: boolean | undefined;
}

export interface Marks {
  readonly cursor: Cell | undefined;
  readonly selected: Cell | undefined;
  readonly litColumn: number | undefined;
  readonly litRow: number | undefined;
}

/** Where cells lie, in CSS pixels. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  /** Whether column names lie on their side. */
  readonly turned: boolean;
}

const fontSize = 11;
const longestName = 88;
const fontOf = (theme: Theme): string => `${fontSize}px ${theme.monospace}`;

let ruler: OffscreenCanvasRenderingContext2D | undefined;
function widthOf(text: string, theme: Theme): number {
  ruler ??= new OffscreenCanvas(1, 1).getContext("2d")!;
  ruler.font = fontOf(theme);
  return ruler.measureText(text).width;
}

/** Fits a grid into a width and, where its cells stay legible, a height: no cell narrower than 4 pixels, none higher than 28. */
export function layoutGrid(
  { rows, columns, textOf }: GridData,
  theme: Theme,
  available: number,
  tallest: number,
  square: boolean,
): Layout {
  const widest = (names: readonly string[]): number =>
    Math.min(longestName, Math.max(0, ...names.map((name) => widthOf(name, theme))));
  const left = Math.ceil(widest(rows)) + 8;
  const cellWidth = Math.max(4, Math.min(square ? 36 : 96, (available - left - 2) / Math.max(1, columns.length)));
  const highest = square ? Math.min(28, cellWidth) : Math.min(24, tallest / Math.max(1, rows.length));
  const cellHeight = square ? highest : Math.max(textOf && cellWidth > 34 ? 14 : 8, highest);
  const name = widest(columns);
  const turned = name + 4 > cellWidth;
  const below = (turned ? name : fontSize) + 10;
  return {
    width: left + cellWidth * columns.length + 1,
    height: cellHeight * rows.length + below,
    left,
    cellWidth,
    cellHeight,
    turned,
  };
}

export function paintGrid(canvas: HTMLCanvasElement, data: GridData, marks: Marks, layout: Layout, theme: Theme): void {
  const scale = globalThis.devicePixelRatio || 1;
  canvas.width = Math.round(layout.width * scale);
  canvas.height = Math.round(layout.height * scale);
  const context = canvas.getContext("2d")!;
  context.scale(scale, scale);
  context.fillStyle = css(theme.background);
  context.fillRect(0, 0, layout.width, layout.height);
  context.font = fontOf(theme);
  context.textBaseline = "middle";
  paintCells(context, data, layout, theme);
  paintNames(context, data, marks, layout, theme);
  const outline = ({ row, column }: Cell, color: string, width: number): void => {
    context.strokeStyle = color;
    context.lineWidth = width;
    context.strokeRect(
      layout.left + column * layout.cellWidth,
      row * layout.cellHeight + 0.5,
      layout.cellWidth,
      layout.cellHeight,
    );
  };
  if (marks.litColumn !== undefined && marks.litColumn < data.columns.length) {
    context.strokeStyle = css(mix(theme.background, theme.foreground, 0.6));
    context.lineWidth = 1;
    context.strokeRect(
      layout.left + marks.litColumn * layout.cellWidth,
      0.5,
      layout.cellWidth,
      layout.cellHeight * data.rows.length,
    );
  }
  if (marks.litRow !== undefined && marks.litRow < data.rows.length) {
    context.strokeStyle = css(mix(theme.background, theme.foreground, 0.6));
    context.lineWidth = 1;
    context.strokeRect(
      layout.left,
      marks.litRow * layout.cellHeight + 0.5,
      layout.cellWidth * data.columns.length,
      layout.cellHeight,
    );
  }
  if (marks.selected) outline(marks.selected, css(theme.foreground), 1.5);
  if (marks.cursor) outline(marks.cursor, css(theme.focus), 2);
}

function paintCells(
  context: CanvasRenderingContext2D,
  { rows, columns, shadeOf, textOf, wholeTexts = false }: GridData,
  { left, cellWidth, cellHeight }: Layout,
  theme: Theme,
): void {
  const gap = cellWidth > 7 && cellHeight > 7 ? 1 : 0;
  const written = textOf && cellWidth > 30 && cellHeight >= 12 ? textOf : undefined;
  for (let row = 0; row < rows.length; row++) {
    for (let column = 0; column < columns.length; column++) {
      const [x, y] = [left + column * cellWidth, row * cellHeight];
      const value = shadeOf(row, column);
      const color = shade(theme, value ?? 0);
      context.fillStyle = css(color);
      context.fillRect(x + gap, y + gap, cellWidth - gap, cellHeight - gap);
      if (gap) {
        context.strokeStyle = css(theme.line);
        context.lineWidth = 1;
        context.strokeRect(x + 0.5, y + 0.5, cellWidth, cellHeight);
      }
      if (!written || value === undefined) continue;
      const text = written(row, column);
      if (wholeTexts && context.measureText(text).width > cellWidth - 5) continue;
      context.save();
      context.beginPath();
      context.rect(x + 1, y, cellWidth - 2, cellHeight);
      context.clip();
      context.fillStyle = inkOn(color);
      context.textAlign = "left";
      context.fillText(text, x + 4, y + cellHeight / 2 + 1);
      context.restore();
    }
  }
}

function paintNames(
  context: CanvasRenderingContext2D,
  { rows, columns }: GridData,
  { cursor, litColumn, litRow }: Marks,
  layout: Layout,
  theme: Theme,
): void {
  const { left, cellWidth, cellHeight, turned } = layout;
  const strong = css(theme.foreground);
  const quiet = css(theme.quiet);
  // Names that would lie on each other are left out, but for the one under the cursor.
  const everyRow = Math.ceil((fontSize + 2) / cellHeight);
  context.textAlign = "right";
  rows.forEach((name, row) => {
    const marked = row === cursor?.row || row === litRow;
    if ((rows.length - 1 - row) % everyRow !== 0 && !marked) return;
    context.fillStyle = marked ? strong : quiet;
    context.fillText(name, left - 6, (row + 0.5) * cellHeight, left - 6);
  });
  const everyColumn = turned ? Math.ceil((fontSize + 2) / cellWidth) : 1;
  const top = rows.length * cellHeight + 5;
  columns.forEach((name, column) => {
    const marked = column === cursor?.column || column === litColumn;
    if (column % everyColumn !== 0 && !marked) return;
    context.fillStyle = marked ? strong : quiet;
    const x = left + (column + 0.5) * cellWidth;
    context.save();
    if (turned) {
      context.translate(x, top);
      context.rotate(-Math.PI / 2);
      context.textAlign = "right";
      context.fillText(name, 0, 0, longestName);
    } else {
      context.textAlign = "center";
      context.fillText(name, x, top + fontSize / 2, cellWidth);
    }
    context.restore();
  });
}

/** The cell at a place in CSS pixels; undefined over the names. */
export function cellAt(
  { rows, columns }: GridData,
  { left, cellWidth, cellHeight }: Layout,
  x: number,
  y: number,
): Cell | undefined {
  const [row, column] = [Math.floor(y / cellHeight), Math.floor((x - left) / cellWidth)];
  return row >= 0 && row < rows.length && column >= 0 && column < columns.length ? { row, column } : undefined;
}
