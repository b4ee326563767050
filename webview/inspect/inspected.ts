import type { LanguageOutline } from "../../src/protocol/language-model.ts";
import type { ModelCard, NetworkCard } from "../../src/protocol/model.ts";

/** What is known of a model before anything is asked of it. */
export type Inspected = ModelCard | LanguageOutline;

export const isNetwork = (model: Inspected): model is NetworkCard => "kind" in model && model.kind === "network";
