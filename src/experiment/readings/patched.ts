import type { Worded } from "../../protocol/answer-data.ts";
import type { Patched } from "../../protocol/language-model.ts";
import { missing, placesIn, type Segment } from "./path.ts";

/** `cell(layer, column)`: the metric; `recovered(layer, column)`: from 0, the corrupted run, to 1, the clean one. `clean` and `corrupted` are fields. */
export function readPatched({ cells, layers, columns, clean, corrupted }: Patched & Worded, first: Segment): unknown {
  if (first.name !== "cell" && first.name !== "recovered") return undefined;
  const [layer, column] = placesIn(first, { layer: layers, column: columns }) as [number, number];
  const value = cells[layer * columns + column]!;
  if (Number.isNaN(value)) return missing(`layer ${layer} was not asked for`);
  if (first.name === "cell") return value;
  return clean === corrupted
    ? missing("both runs score the same, so nothing can be recovered")
    : (value - corrupted) / (clean - corrupted);
}
