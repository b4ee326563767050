import type { Worded } from "../../protocol/answer-data.ts";
import type { Patched } from "../../protocol/language-model.ts";
import type { Grid } from "./grid.ts";

/** By layer, and token or head. */
export function patchGrid({ component, columns, layers, cells, shown }: Patched & Pick<Worded, "shown">): Grid {
  const names =
    component === "head"
      ? Array.from({ length: columns }, (_, head) => `head ${head}`)
      : shown.map((text, place) => `${place}:${text}`);
  return { rows: Array.from({ length: layers }, (_, layer) => String(layer)), columns: names, values: cells };
}
