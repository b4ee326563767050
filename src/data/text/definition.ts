import type { SpecialToken } from "./tokenizer.ts";
import type { Spelling } from "./surface.ts";

/** The parts of a Hugging Face tokenizer.json that Glassbox reads or writes itself; the library handles the rest. */
export interface TokenizerJson {
  readonly normalizer: object | null;
  readonly pre_tokenizer: object | null;
  readonly model: object;
  readonly post_processor: object | null;
  readonly decoder: object | null;
  readonly added_tokens: readonly AddedToken[];
}

export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly special?: boolean;
  readonly normalized?: boolean;
  readonly single_word?: boolean;
  readonly lstrip?: boolean;
  readonly rstrip?: boolean;
}

/** A tokenizer, independent of the source of its vocabulary. */
export interface TokenizerDefinition {
  readonly json: TokenizerJson;
  readonly spelling: Spelling;
  /** The entries by id, needed if several ids share an entry, which the vocabulary (a map from entries) cannot represent. */
  readonly entries?: readonly string[];
  readonly bos: {
    readonly token: SpecialToken | undefined;
    readonly byDefault: boolean;
    readonly reason: string;
    /** All that the template puts before a text, where it is more than the token. */
    readonly template?: readonly SpecialToken[];
  };
  readonly eos: {
    readonly token: SpecialToken | undefined;
    readonly byDefault: boolean;
    /** All that the template puts after a text, where it is more than the token. */
    readonly template?: readonly SpecialToken[];
  };
  readonly notes: readonly string[];
}
