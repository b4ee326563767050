import type { DirectAttribution } from "../../src/protocol/language-model.ts";
import type { Contribution } from "./sentences.ts";

export interface Part extends Contribution {
  readonly site: string;
  readonly layer: number | undefined;
  readonly head: number | undefined;
}

/** Each component's effect on the first token's logit, or on the first's minus the second's. */
export function partsOf({ components, values, words }: DirectAttribution, difference: boolean): Part[] {
  return components.map((site, i) => {
    const at = i * words.length;
    const value = values[at]! - (difference && words.length > 1 ? values[at + 1]! : 0);
    return { site, value, ...readSite(site) };
  });
}

function readSite(site: string): Omit<Part, "site" | "value"> {
  if (site.startsWith("edit of ")) return { name: site, kind: "edit", layer: undefined, head: undefined };
  const block = /^blocks\.(\d+)\.(?:attn\.(?:head\.(\d+)|(bias))|hook_(attn|mlp)_out)$/.exec(site);
  if (!block)
    return {
      name: site === "hook_pos_embed" ? "position embedding" : "embedding",
      kind: "embedding",
      layer: undefined,
      head: undefined,
    };
  const layer = Number(block[1]);
  if (block[2] !== undefined) return { name: `head ${layer}.${block[2]}`, kind: "head", layer, head: Number(block[2]) };
  if (block[4] === "attn") return { name: `attention ${layer}, edited`, kind: "attention", layer, head: undefined };
  return block[3]
    ? { name: `attention bias ${layer}`, kind: "attention bias", layer, head: undefined }
    : { name: `MLP ${layer}`, kind: "mlp", layer, head: undefined };
}
