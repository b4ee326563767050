import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { CancellationToken } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { ModelCard, SiteCard } from "../../protocol/model.ts";
import { restingMs, type EngineFacts } from "../engine-facts.ts";
import { mentionsIn } from "./mentions.ts";

/** More models than this are no longer a hint at which one is meant. */
export const mostModels = 8;

/** A name in the code as a file that exists, beside the code or in a folder of the workspace. */
export function resolveModel(name: string, document: TextDocument, folders: readonly string[]): string | undefined {
  if (!document.uri.startsWith("file:")) return undefined;
  const bases = [path.dirname(fileURLToPath(document.uri)), ...folders];
  return bases.map((base) => path.resolve(base, name)).find((file) => fs.statSync(file, { throwIfNoEntry: false })?.isFile());
}

/** The model files that this code names. */
export function modelsNamed(document: TextDocument, folders: readonly string[]): readonly string[] {
  const text = document.getText();
  if (!/\.(onnx|gguf|safetensors)/i.test(text)) return [];
  const files = new Set<string>();
  for (const line of text.split("\n")) {
    if (!/\.(onnx|gguf|safetensors)/i.test(line)) continue;
    for (const { kind, name } of mentionsIn(line)) {
      const file = kind === "file" ? resolveModel(name, document, folders) : undefined;
      if (file) files.add(file);
    }
    if (files.size > mostModels) return [];
  }
  return [...files];
}

/**
 * The site that a layer's name means in one of the code's models: equal, or the only one that ends or begins with it at a
 * dot. Where two could be meant, none is.
 */
export async function resolveLayer(name: string, models: readonly string[], facts: EngineFacts, token: CancellationToken): Promise<{ readonly model: ModelCard; readonly site: SiteCard } | undefined> {
  const found: { readonly model: ModelCard; readonly site: SiteCard }[] = [];
  for (const file of models) {
    const model = await facts.model(file, token, restingMs);
    const site = model && siteNamed(name, model.sites);
    if (model && site) found.push({ model, site });
  }
  return found.length === 1 ? found[0] : undefined;
}

export function siteNamed(name: string, sites: readonly SiteCard[]): SiteCard | undefined {
  const exact = sites.find((site) => site.name === name);
  if (exact) return exact;
  // One word could be any attribute; two that fit a site are hardly chance.
  if (!name.includes(".")) return undefined;
  const ending = sites.filter((site) => site.name.endsWith(`.${name}`));
  return ending.length === 1 ? ending[0] : undefined;
}
