import type { DirectAttribution, Words } from "../../protocol/language-model.ts";
import type { Grid } from "./grid.ts";

/** By what is written and word. */
export function attributionGrid(
  {
    components,
    words,
    values,
  }: Pick<DirectAttribution, "components" | "values"> & { readonly words: Iterable<number> },
  named: Words,
): Grid {
  const names = new Map(named);
  return { rows: components, columns: Array.from(words, (id) => JSON.stringify(names.get(id) ?? `#${id}`)), values };
}
