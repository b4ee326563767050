/** One token of a text. */
export interface Token {
  readonly id: number;
  /** What it stands for; a token may hold part of a character. Special tokens stand for their name. */
  readonly bytes: Uint8Array;
  /** The bytes as text; parts of characters are spelled `<0xE2>`. */
  readonly text: string;
  /**
   * The characters (UTF-16 units) of the encoded text that it covers wholly or in part; empty for a token that is not from the
   * text. Tokens that share a character overlap.
   */
  readonly start: number;
  readonly end: number;
  readonly special: boolean;
}

export interface SpecialToken {
  readonly id: number;
  readonly text: string;
}

/** Whether a text begins with the model's beginning-of-sequence token: the commonest silent error of this field, so it is always shown. */
export interface BosPolicy {
  readonly token: SpecialToken | undefined;
  readonly byDefault: boolean;
  /** Who says so, for a person. */
  readonly reason: string;
}

export interface EncodeOptions {
  /** As the policy says, if absent. */
  readonly addBos?: boolean;
  /** As the tokenizer says, if absent: true for BERT's [SEP], false for most language models. */
  readonly addEos?: boolean;
}

export interface Tokenizer {
  /** One more than the largest id. */
  readonly vocabularySize: number;
  readonly bosPolicy: BosPolicy;
  readonly eos: SpecialToken | undefined;
  /** What a person should know of how this tokenizer came about. */
  readonly notes: readonly string[];
  encode(text: string, options?: EncodeOptions): Token[];
  /** The text of the ids one after another; special tokens by name. */
  decode(ids: readonly number[]): string;
  /** What the token stands for on its own; undefined for an id without one. */
  tokenText(id: number): string | undefined;
  tokenBytes(id: number): Uint8Array | undefined;
}
