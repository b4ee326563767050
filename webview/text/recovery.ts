import type { DataOf } from "../../src/protocol/answer-data.ts";
import type { PatchPart } from "../../src/protocol/language-model.ts";
import type { Experiment } from "./state.ts";
import type { PromptAnswer } from "./use-prompt-answer.ts";

/** A grid as far as it is known: the metric in both runs, and with each cell patched, by layer. */
export interface PatchGrid {
  readonly clean: number | undefined;
  readonly corrupted: number | undefined;
  readonly columns: number;
  readonly layers: ReadonlyMap<number, Float64Array>;
}

export const emptyGrid: PatchGrid = { clean: undefined, corrupted: undefined, columns: 0, layers: new Map() };

export const withPart = (grid: PatchGrid, part: PatchPart): PatchGrid =>
  part.kind === "baseline"
    ? { ...grid, clean: part.clean, corrupted: part.corrupted, columns: part.columns }
    : { ...grid, layers: new Map(grid.layers).set(part.layer, part.cells) };

/** What is known of a grid: a kept answer comes whole, another one layer by layer. */
export const patchGridOf = ({ result, parts }: Pick<PromptAnswer<"patched">, "result" | "parts">): PatchGrid =>
  result ? wholeGrid(result.data) : parts.reduce(withPart, emptyGrid);

/** Without the layers that were not computed. */
function wholeGrid({ clean, corrupted, columns, layers, cells }: DataOf<"patched">): PatchGrid {
  const rows = Array.from(
    { length: layers },
    (_, layer) => [layer, cells.subarray(layer * columns, (layer + 1) * columns)] as const,
  );
  return { clean, corrupted, columns, layers: new Map(rows.filter(([, row]) => !row.some(Number.isNaN))) };
}

/** How a cell's number is judged: as the share of the way from one run to the other, or as a change where there is no way. */
export interface Judgement {
  readonly kind: "share" | "change";
  /** The metric without any patch. */
  readonly base: number;
  /** What one means. */
  readonly unit: number;
}

/** Below this the two runs answer alike, and a share of their difference would be noise. */
const least = 1e-6;

export function judgementOf({ clean, corrupted, layers }: PatchGrid, experiment: Experiment): Judgement | undefined {
  if (clean === undefined || corrupted === undefined) return undefined;
  const [base, goal] = experiment === "denoise" ? [corrupted, clean] : [clean, corrupted];
  const way = goal - base;
  if ((experiment === "denoise" || experiment === "noise") && Math.abs(way) > least)
    return { kind: "share", base, unit: way };
  const largest = Math.max(
    least,
    ...[...layers.values()].flatMap((row) => Array.from(row, (value) => Math.abs(value - base))),
  );
  return { kind: "change", base, unit: largest };
}

/** (value − base) / (goal − base): 1 is all of it (Heimersheim and Nanda 2024); for changes, of the largest change. */
export const sizeOf = (value: number, { base, unit }: Judgement): number => (value - base) / unit;
