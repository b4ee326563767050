import { displayToken } from "../../data/text/display-token.ts";
import type { Vocabulary } from "../../methods/language-model/vocabulary.ts";
import type { Prompt, TokenCard, Tokenized, TokenRef } from "../../protocol/language-model.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import type { OpenLanguageModel } from "./open-language-model.ts";

type Open = Pick<OpenLanguageModel, "card" | "tokenizer" | "ends">;

/** The tokens of an open model. Without a tokenizer each is named by its id. */
export function vocabularyOf(open: Open): Vocabulary {
  const { card, tokenizer } = open;
  const text = (id: number): string => textOf(tokenizer, id);
  return {
    size: card.vocabulary,
    ends: open.ends,
    text,
    display: (id) => displayToken(text(id)),
    bytes: (id) => bytesOf(tokenizer, id),
    decode: (ids) => tokenizer?.decode(ids) ?? ids.join(" "),
    id: (token) => tokenId(open, token),
    ids: (prompt) => ("ids" in prompt ? prompt.ids : tokenizePrompt(open, prompt).tokens.map(({ id }) => id)),
    names: (...ids) => [...new Set(ids.flatMap((some) => [...some]))].map((id) => [id, text(id)]),
  };
}

/** A prompt's tokens, with the characters of the text that each covers. */
export function tokenizePrompt({ card, tokenizer }: Open, prompt: Prompt): Tokenized {
  if ("ids" in prompt) {
    const tokens = prompt.ids.map((id): TokenCard => {
      const text = textOf(tokenizer, id);
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
        "Give ids, or put the model's tokenizer.json next to it.",
    });
  }
  const tokens = tokenizer.encode(prompt.text, {
    ...(prompt.addBos !== undefined && { addBos: prompt.addBos }),
    ...(prompt.addEos !== undefined && { addEos: prompt.addEos }),
  });
  const bos = tokenizer.bosPolicy.token;
  return {
    tokens: tokens.map((token) => ({ ...token, display: displayToken(token.text) })),
    beginsWithBos: bos !== undefined && tokens[0]?.id === bos.id,
  };
}

const textOf = (tokenizer: Open["tokenizer"], id: number): string => tokenizer?.tokenText(id) ?? `#${id}`;

const bytesOf = (tokenizer: Open["tokenizer"], id: number): Uint8Array =>
  tokenizer?.tokenBytes(id) ?? new TextEncoder().encode(`#${id}`);

/** The id of a text that is exactly one token, or a checked id. */
function tokenId(open: Open, token: TokenRef): number {
  if (typeof token === "number") {
    const { vocabulary } = open.card;
    if (Number.isInteger(token) && token >= 0 && token < vocabulary) return token;
    throw new GlassboxError("option", `there is no token ${token} in the vocabulary of ${vocabulary}`);
  }
  // A word is no text: no template is put around it.
  const { tokens } = tokenizePrompt(open, { text: token, addBos: false, addEos: false });
  const [first] = tokens;
  if (first !== undefined && tokens.length === 1) return first.id;
  const parts = tokens.map(({ display }) => `"${display}"`).join(", ");
  throw new GlassboxError("option", `"${token}" is ${tokens.length} tokens${parts ? `: ${parts}` : ""}`, {
    hint: token.startsWith(" ")
      ? "Choose a text that is one token."
      : `Words inside a text begin with a space: try " ${token}".`,
  });
}
