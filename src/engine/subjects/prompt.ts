import { promptInput } from "../../experiment/prompt-input.ts";
import type { PromptContext } from "../../methods/contexts.ts";
import { resolveEdits } from "../../methods/language-model/edit-specs.ts";
import { commandFlag, commandSwitch } from "../../protocol/command-line.ts";
import type { LanguageCard, Prompt } from "../../protocol/language-model.ts";
import { tokenText } from "../../protocol/prompt-text.ts";
import type { PromptSubject } from "../../protocol/question.ts";
import { hashBytes } from "../file-hash.ts";
import { vocabularyOf } from "../models/vocabulary.ts";
import { storageFor } from "../models/weight-choice.ts";
import type { SubjectOpener } from "./subject.ts";

/** The terminal's default memory budget. */
const defaultBudget = 2 * 2 ** 30;

/**
 * A prompt, or a pair of prompts. Tokens are checked against the vocabulary and the context length before anything
 * runs.
 */
export const promptSubject: SubjectOpener<"prompt"> = {
  async prepare(services, { model: file, subject }) {
    const open = await services.models.languageModel(file);
    const { model, card } = open;
    const vocabulary = vocabularyOf(open);
    const ids = vocabulary.ids(subject.prompt);
    const corrupted = subject.corrupted && vocabulary.ids(subject.corrupted);
    model.checkPrompt(ids);
    if (corrupted) model.checkPrompt(corrupted);
    const { answer, wrong } = subject;
    const trace: PromptContext["trace"] = (tokens, sites, edits) => open.traces.get(tokens, sites, edits);
    return {
      model: card.sha256,
      subject: {
        name: [subject.prompt, ...(subject.corrupted ? [subject.corrupted] : [])].map(promptName).join(" | "),
        sha256: hashBytes(JSON.stringify([ids, corrupted, answer, wrong])),
      },
      preparation: [
        `token ids ${[ids, ...(corrupted ? [corrupted] : [])].map((each) => each.join(" ")).join(" | ")}`,
        ...(answer === undefined ? [] : [`answer ${JSON.stringify(tokenText(answer))}`]),
        ...(wrong === undefined ? [] : [`wrong ${JSON.stringify(tokenText(wrong))}`]),
        `weights ${card.weights}`,
      ].join(", "),
      target: undefined,
      runtime: model.runtime,
      context: {
        model,
        vocabulary,
        prompt: subject.prompt,
        ids,
        corrupted,
        answer,
        wrong,
        trace,
        edits: (specs, length) => resolveEdits({ model, vocabulary, trace }, specs, length),
      },
      written: { flags: [...subjectFlags(subject, ids, corrupted), ...weightFlags(card)], input: promptInput(subject) },
    };
  },
};

/** A name for the prompt: its text, or its ids. */
const promptName = (prompt: Prompt): string => ("ids" in prompt ? prompt.ids.join(" ") : prompt.text);

/** Both prompts of a pair are written in the same form: if one is given as ids, both are. */
function subjectFlags(
  { prompt, corrupted, answer, wrong }: PromptSubject,
  ids: readonly number[],
  corruptedIds: readonly number[] | undefined,
): readonly string[] {
  const texts =
    "text" in prompt &&
    (corrupted === undefined ||
      ("text" in corrupted && corrupted.addBos === prompt.addBos && corrupted.addEos === prompt.addEos)) &&
    ([prompt, corrupted] as const);
  const prompts = texts
    ? [
        commandFlag("prompt", texts[0].text),
        ...(texts[0].addBos === undefined ? [] : [commandSwitch("bos", texts[0].addBos)]),
        ...(texts[0].addEos === undefined ? [] : [commandSwitch("eos", texts[0].addEos)]),
        ...(texts[1] === undefined ? [] : [commandFlag("corrupted", promptName(texts[1]))]),
      ]
    : [
        commandFlag("ids", ids.join(" ")),
        ...(corruptedIds === undefined ? [] : [commandFlag("corrupted", corruptedIds.join(" "))]),
      ];
  return [
    ...prompts,
    ...(answer === undefined ? [] : [commandFlag("answer", tokenText(answer))]),
    ...(wrong === undefined ? [] : [commandFlag("wrong", tokenText(wrong))]),
  ];
}

/**
 * The precision of weights changes the numbers, so it is written out if it differs from the terminal's default choice.
 */
function weightFlags({ weights, parameters }: LanguageCard): readonly string[] {
  const ownChoice = storageFor({ weights: "auto", memoryBudgetBytes: defaultBudget }, parameters);
  return weights === ownChoice ? [] : [commandFlag("weights", weights)];
}
