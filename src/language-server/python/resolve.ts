import path from "node:path";
import { fileURLToPath } from "node:url";
import { isLocalPath } from "../../files/local-path.ts";
import { exists, isRegular } from "../../files/look.ts";
import type { CancellationToken } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { LanguageOutline } from "../../protocol/language-model.ts";
import type { NetworkCard, SiteCard } from "../../protocol/model.ts";
import { hoverWaitMs, type EngineFacts } from "../engine-facts.ts";
import type { KnownModel } from "../known-model.ts";
import { mayNameModel } from "../model-kind.ts";
import { mentionsIn } from "./mentions.ts";

/** With more models than this it is unclear which one is meant. */
export const maxModels = 8;

/** The existing file for a name in the code, next to the code or in a folder of the workspace. */
export function resolveModel(name: string, document: TextDocument, folders: readonly string[]): string | undefined {
  if (!document.uri.startsWith("file:") || !isLocalPath(name)) return undefined;
  const bases = [path.dirname(fileURLToPath(document.uri)), ...folders];
  const file = bases.map((base) => path.resolve(base, name)).find(isRegular);
  // Without its config, safetensors may be anything: an adapter, an embedding.
  return file && /\.safetensors$/i.test(file) && !exists(path.join(path.dirname(file), "config.json"))
    ? undefined
    : file;
}

/** The model files that this code names. */
export function modelsNamed(document: TextDocument, folders: readonly string[]): readonly string[] {
  const text = document.getText();
  if (!mayNameModel(text)) return [];
  const files = new Set<string>();
  for (const line of text.split("\n")) {
    if (!mayNameModel(line)) continue;
    for (const { kind, name } of mentionsIn(line)) {
      const file = kind === "file" ? resolveModel(name, document, folders) : undefined;
      if (file) files.add(file);
    }
    if (files.size > maxModels) return [];
  }
  return [...files];
}

/** A site of either kind of model. */
export type FoundSite =
  | { readonly kind: "picture"; readonly model: NetworkCard; readonly site: SiteCard }
  | { readonly kind: "text"; readonly model: LanguageOutline; readonly site: LanguageOutline["sites"][number] };

/**
 * The site that a layer's name means in one of the code's models: equal, or the only one that ends with it at a dot.
 * Ambiguous names match nothing. */
export async function resolveLayer(
  name: string,
  models: readonly string[],
  facts: EngineFacts,
  token: CancellationToken,
): Promise<FoundSite | undefined> {
  const known = await Promise.all(models.map((file) => facts.known(file, token, hoverWaitMs)));
  const found = known.flatMap((each) => (each && siteIn(each, name)) ?? []);
  return found.length === 1 ? found[0] : undefined;
}

function siteIn(known: KnownModel, name: string): FoundSite | undefined {
  if (known.kind === "text") {
    const site = siteNamed(name, known.model.sites);
    return site && { ...known, site };
  }
  const site = siteNamed(name, known.model.sites);
  return site && { ...known, site };
}

export function siteNamed<Site extends { readonly name: string }>(
  name: string,
  sites: readonly Site[],
): Site | undefined {
  const exact = sites.find((site) => site.name === name);
  if (exact) return exact;
  // A single word could be any attribute; two words that match a site are hardly a coincidence.
  if (!name.includes(".")) return undefined;
  const ending = sites.filter((site) => site.name.endsWith(`.${name}`));
  return ending.length === 1 ? ending[0] : undefined;
}
