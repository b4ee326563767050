import type { Prompt, TokenRef, TokenNames } from "../../protocol/language-model.ts";

/** The texts of a model's tokens. Without a tokenizer, tokens are spelled `#<id>`. */
export interface Vocabulary {
  readonly size: number;
  /** The tokens that end a text, as the checkpoint's files say. */
  readonly ends: readonly number[];
  text(id: number): string;
  /** The text with spaces and line ends made visible. */
  display(id: number): string;
  bytes(id: number): Uint8Array;
  decode(ids: readonly number[]): string;
  /** The id of a text that is a single token; throws a readable error if it is several tokens. */
  id(word: TokenRef): number;
  ids(prompt: Prompt): readonly number[];
  /** The distinct ids with their texts. */
  names(...ids: readonly Iterable<number>[]): TokenNames;
}
