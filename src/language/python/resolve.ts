import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { CancellationToken } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { restingMs, type EngineFacts, type KnownModel } from "../engine-facts.ts";
import { mayNameModel, modelKind } from "../model-kind.ts";
import { mentionsIn } from "./mentions.ts";

/** More models than this are no longer a hint at which one is meant. */
export const mostModels = 8;

/** A name in the code as a file that exists, beside the code or in a folder of the workspace. */
export function resolveModel(name: string, document: TextDocument, folders: readonly string[]): string | undefined {
  if (!document.uri.startsWith("file:")) return undefined;
  const bases = [path.dirname(fileURLToPath(document.uri)), ...folders];
  const file = bases.map((base) => path.resolve(base, name)).find((each) => fs.statSync(each, { throwIfNoEntry: false })?.isFile());
  // Without its config, safetensors may be anything: an adapter, an embedding.
  return file && /\.safetensors$/i.test(file) && !fs.existsSync(path.join(path.dirname(file), "config.json")) ? undefined : file;
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
    if (files.size > mostModels) return [];
  }
  return [...files];
}

/** A site of a model, of whichever kind. */
export type FoundSite = { [Kind in KnownModel["kind"]]: Extract<KnownModel, { readonly kind: Kind }> & { readonly site: Extract<KnownModel, { readonly kind: Kind }>["model"]["sites"][number] } }[KnownModel["kind"]];

/**
 * The site that a layer's name means in one of the code's models: equal, or the only one that ends with it at a dot.
 * Where two could be meant, none is.
 */
export async function resolveLayer(name: string, models: readonly string[], facts: EngineFacts, token: CancellationToken): Promise<FoundSite | undefined> {
  const found: FoundSite[] = [];
  for (const file of models) {
    const known = await knownModel(file, facts, token);
    const site = known && siteNamed(name, known.model.sites);
    if (known && site) found.push({ ...known, site } as FoundSite);
  }
  return found.length === 1 ? found[0] : undefined;
}

export async function knownModel(file: string, facts: EngineFacts, token: CancellationToken): Promise<KnownModel | undefined> {
  if (modelKind(file) === "text") {
    const model = await facts.languageModel(file, token, restingMs);
    return model && { kind: "text", model };
  }
  const model = await facts.model(file, token, restingMs);
  return model && { kind: "picture", model };
}

export function siteNamed<Site extends { readonly name: string }>(name: string, sites: readonly Site[]): Site | undefined {
  const exact = sites.find((site) => site.name === name);
  if (exact) return exact;
  // One word could be any attribute; two that fit a site are hardly chance.
  if (!name.includes(".")) return undefined;
  const ending = sites.filter((site) => site.name.endsWith(`.${name}`));
  return ending.length === 1 ? ending[0] : undefined;
}
