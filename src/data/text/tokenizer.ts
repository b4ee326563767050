/** One token of a text. */
export interface Token {
  readonly id: number;
  /** The bytes that the token represents, which may be part of a character. Special tokens represent their name. */
  readonly bytes: Uint8Array;
  /** The bytes as text; incomplete characters are spelled `<0xE2>`. */
  readonly text: string;
  /**
   * The characters (UTF-16 units) of the encoded text that the token covers, wholly or in part; empty for a token that is
   * not from the text. Tokens that share a character overlap.
   */
  readonly start: number;
  readonly end: number;
  readonly special: boolean;
}

export interface SpecialToken {
  readonly id: number;
  readonly text: string;
}

/** Whether a text begins with the model's beginning-of-sequence token. A wrong BOS token is the most common silent error of this field, so the policy is always shown. */
export interface BosPolicy {
  readonly token: SpecialToken | undefined;
  readonly byDefault: boolean;
  /** Where the policy comes from, for users. */
  readonly reason: string;
}

export interface EncodeOptions {
  /** Defaults to the policy. */
  readonly addBos?: boolean;
  /** Defaults to the tokenizer's setting: true for BERT's [SEP], false for most language models. */
  readonly addEos?: boolean;
}

export interface Tokenizer {
  /** One more than the largest id. */
  readonly vocabularySize: number;
  readonly bosPolicy: BosPolicy;
  readonly eos: SpecialToken | undefined;
  /** Whether a text ends with it, or with what else the template adds there, unless asked otherwise. */
  readonly eosByDefault: boolean;
  /** Notes for the user about how the tokenizer was constructed. */
  readonly notes: readonly string[];
  encode(text: string, options?: EncodeOptions): Token[];
  /** The concatenated text of the ids, with special tokens by name. */
  decode(ids: readonly number[]): string;
  /** The text of a single token; `undefined` for an id without a token. */
  tokenText(id: number): string | undefined;
  tokenBytes(id: number): Uint8Array | undefined;
}
