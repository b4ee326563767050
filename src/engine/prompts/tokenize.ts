import type { PromptParams, Tokenized } from "../../protocol/language-model.ts";
import { tokenizePrompt } from "../models/vocabulary.ts";
import type { EngineServices } from "../services.ts";

/** Tokenizes a prompt with a model's tokenizer, without running the model. */
export const tokenize = async (
  { models }: Pick<EngineServices, "models">,
  { model, prompt }: PromptParams,
): Promise<Tokenized> => tokenizePrompt(await models.languageModel(model), prompt);
