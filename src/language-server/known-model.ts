import type { LanguageOutline } from "../protocol/language-model.ts";
import type { NetworkCard } from "../protocol/model.ts";
import { languageModelWords, languageShapeWords, modelWords, shapeWords } from "./words.ts";

/** The facts about a model file, by kind of model. */
export type KnownModel =
  | { readonly kind: "picture"; readonly model: NetworkCard }
  | { readonly kind: "text"; readonly model: LanguageOutline };

/** A site of either kind, its shape in words. */
export interface SiteWords {
  readonly name: string;
  readonly role: string;
  readonly shape: string;
}

export const sitesOf = (known: KnownModel): readonly SiteWords[] =>
  known.kind === "text"
    ? known.model.sites.map((site) => ({ name: site.name, role: site.role, shape: languageShapeWords(site) }))
    : known.model.sites.map((site) => ({ name: site.name, role: site.role, shape: shapeWords(site) }));

export const wordsOf = (known: KnownModel): string =>
  known.kind === "text" ? languageModelWords(known.model) : modelWords(known.model);
