import type { PromptParams, Tokenized } from "../../protocol/language-model.ts";
import { tokenizePrompt } from "../models/vocabulary.ts";
import type { EngineServices } from "../services.ts";

/** How a model's tokenizer cuts a prompt, without running the model. */
export const tokenize = async (
  { models }: Pick<EngineServices, "models">,
  { model, prompt }: PromptParams,
): Promise<Tokenized> => tokenizePrompt(await models.languageModel(model), prompt);
