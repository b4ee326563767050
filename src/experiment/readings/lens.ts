import type { Worded } from "../../protocol/answer-data.ts";
import type { Lens, LensPart } from "../../protocol/language-model.ts";
import { missing, type Segment } from "./path.ts";

/** `cell(layer, token).name`, `.probability`, `.rank`, `.followed`, `.entropy`, `.divergence`; the layer after the last is the end. */
export function readLens(
  data: Lens & Worded & { readonly parts: readonly LensPart[] },
  { name, argument = "" }: Segment,
  [field]: readonly Segment[],
): unknown {
  if (name !== "cell") return undefined;
  const [layer, token] = argument.split(",").map(Number);
  const place = data.positions.indexOf(token ?? -1);
  const part = data.parts.find(
    (each) => each.layer === layer && place >= each.from && place < each.from + each.followed.length,
  );
  if (place < 0 || part === undefined)
    return missing(
      `there is no cell(${argument}); layers are 0 to ${data.rows - 1}, tokens ${data.positions.join(", ")}`,
    );
  const at = place - part.from;
  const best = part.ids[at * data.top]!;
  const cell = {
    name: part.words.find(([id]) => id === best)?.[1] ?? `#${best}`,
    probability: part.probabilities[at * data.top],
    rank: part.ranks[at],
    followed: part.followed[at],
    entropy: part.entropies[at],
    divergence: part.divergences[at],
  };
  return (
    cell[(field?.name ?? "name") as keyof typeof cell] ??
    missing(`a cell has ${Object.keys(cell).join(", ")}, not ${field?.name ?? ""}`)
  );
}
