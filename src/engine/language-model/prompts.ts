import { displayToken } from "../../data/text/display-token.ts";
import type { Metric, MetricSpec, Prompt, TokenCard, Tokenized, Word, Words } from "../../protocol/language-model.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import type { OpenLanguageModel } from "../models/open-language-model.ts";

type Open = Pick<OpenLanguageModel, "card" | "tokenizer">;

export function tokenizePrompt({ card, tokenizer }: Open, prompt: Prompt): Tokenized {
  if ("ids" in prompt) {
    const tokens = prompt.ids.map((id): TokenCard => {
      const text = tokenizer?.tokenText(id) ?? `#${id}`;
      return { id, text, display: displayToken(text), bytes: bytesOf(tokenizer, id), start: 0, end: 0, special: false };
    });
    return {
      tokens,
      beginsWithBos: tokenizer?.bosPolicy.token !== undefined && prompt.ids[0] === tokenizer.bosPolicy.token.id,
    };
  }
  if (tokenizer === undefined) {
    throw new GlassboxError("input", "this model has no tokenizer, so its prompts are token ids", {
      where: card.name,
      hint:
        card.notes.find((note) => note.includes("tokenizer")) ??
        "Give ids, or put the model's tokenizer.json beside it.",
    });
  }
  const tokens = tokenizer.encode(prompt.text, prompt.addBos === undefined ? {} : { addBos: prompt.addBos });
  const bos = tokenizer.bosPolicy.token;
  return {
    tokens: tokens.map((token) => ({ ...token, display: displayToken(token.text) })),
    beginsWithBos: bos !== undefined && tokens[0]?.id === bos.id,
  };
}

export const idsOf = (open: Open, prompt: Prompt): readonly number[] =>
  "ids" in prompt ? prompt.ids : tokenizePrompt(open, prompt).tokens.map(({ id }) => id);

/** Without a tokenizer, of the id's own name. */
export const bytesOf = (tokenizer: Open["tokenizer"], id: number): Uint8Array =>
  tokenizer?.tokenBytes(id) ?? new TextEncoder().encode(`#${id}`);

/** The id of a word: the one token that its text is, or its id. */
export function wordId(open: Open, word: Word): number {
  if (typeof word === "number") {
    if (Number.isInteger(word) && word >= 0 && word < open.card.vocabulary) return word;
    throw new GlassboxError("option", `there is no token ${word}; the model knows ${open.card.vocabulary}`);
  }
  const { tokens } = tokenizePrompt(open, { text: word, addBos: false });
  const [first] = tokens;
  if (first !== undefined && tokens.length === 1) return first.id;
  const parts = tokens.map(({ display }) => `"${display}"`).join(", ");
  throw new GlassboxError("option", `"${word}" is ${tokens.length} tokens${parts ? `: ${parts}` : ""}`, {
    hint: word.startsWith(" ")
      ? "Choose a word that is one token."
      : `Words inside a text begin with a space: try " ${word}".`,
  });
}

export function metricOf(open: Open, spec: MetricSpec): Metric {
  switch (spec.kind) {
    case "logit-difference":
      return { kind: spec.kind, answer: wordId(open, spec.answer), wrong: wordId(open, spec.wrong) };
    case "probability":
    case "log-probability":
      return { kind: spec.kind, answer: wordId(open, spec.answer) };
    case "divergence":
      return spec;
  }
}

/** Every id once, with what it stands for. */
export function wordsOf({ tokenizer }: Open, ...ids: readonly Iterable<number>[]): Words {
  const all = new Set<number>();
  for (const some of ids) for (const id of some) all.add(id);
  return [...all].map((id) => [id, tokenizer?.tokenText(id) ?? `#${id}`]);
}

/** How a prompt is named in a result: its text, or its ids. */
export const promptName = (prompt: Prompt): string => ("ids" in prompt ? prompt.ids.join(" ") : prompt.text);
