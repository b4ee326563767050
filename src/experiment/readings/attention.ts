import type { Worded } from "../../protocol/answer-data.ts";
import type { AttentionGlance, AttentionRows, AttentionSummary } from "../../protocol/language-model.ts";
import { missing, placesIn, type Segment } from "./path.ts";

/** `head(5.3).previous`: how the head looks on the whole. */
export function readAttention(
  { parts, layers, heads }: AttentionSummary & Worded & { readonly parts: readonly AttentionGlance[] },
  { name, argument = "" }: Segment,
  [field]: readonly Segment[],
): unknown {
  if (name !== "head") return undefined;
  const [layer, head] = /^(\d+)\.(\d+)$/.exec(argument)?.slice(1).map(Number) ?? [];
  const facts = parts.find((part) => part.layer === layer)?.heads[head ?? -1];
  if (facts === undefined)
    return missing(
      `there is no head ${argument}; layers are 0 to ${layers - 1}, heads 0 to ${heads - 1}, e.g. head(0.0)`,
    );
  return (
    facts[field?.name as keyof typeof facts] ??
    missing(`a head has ${Object.keys(facts).join(", ")}, not ${field?.name ?? ""}`)
  );
}

/** `weight(query, key)`. */
export function readAttentionHead({ weights, tokens }: AttentionRows & Worded, first: Segment): unknown {
  if (first.name !== "weight") return undefined;
  const [query, key] = placesIn(first, { query: tokens.length, key: tokens.length }) as [number, number];
  return weights[query * tokens.length + key];
}
