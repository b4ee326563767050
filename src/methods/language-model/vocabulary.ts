import type { Prompt, TokenRef, TokenNames } from "../../protocol/language-model.ts";

/** What a model's tokens stand for. Without a tokenizer, tokens are spelled `#<id>`. */
export interface Vocabulary {
  readonly size: number;
  /** The token that ends a text, if the tokenizer has one. */
  readonly end: number | undefined;
  text(id: number): string;
  /** With spaces and line ends made visible. */
  display(id: number): string;
  bytes(id: number): Uint8Array;
  decode(ids: readonly number[]): string;
  /** The one token that a word is; throws a sentence where it is several. */
  id(word: TokenRef): number;
  ids(prompt: Prompt): readonly number[];
  /** Every id once, with what it stands for. */
  names(...ids: readonly Iterable<number>[]): TokenNames;
}
