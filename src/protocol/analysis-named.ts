import { GlassboxError } from "../tensor/errors.ts";
import { nearest } from "../tensor/nearest.ts";

/** The analysis with this id in a list; throws a readable error if there is none. */
export function analysisNamed<Each extends { readonly id: string }>(those: readonly Each[], id: string): Each {
  const found = those.find((each) => each.id === id);
  if (found) return found;
  const ids = those.map((each) => each.id);
  const near = nearest(id, ids);
  throw new GlassboxError("option", `there is no analysis ${id}`, {
    hint: near ? `Did you mean ${near}?` : `The analyses are: ${ids.join(", ")}.`,
  });
}
