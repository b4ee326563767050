import { GlassboxError } from "../../tensor/errors.ts";
import type { AddedToken, TokenizerDefinition } from "./definition.ts";
import { mergesOfScores } from "./score-merges.ts";
import { wordSplits } from "./splits.ts";
import type { SpecialToken, Tokenizer } from "./tokenizer.ts";
import { vocabularyTokenizer } from "./vocabulary-tokenizer.ts";

/** Metadata by key, as returned by a GGUF reader; `undefined` if a key is absent. */
export interface TokenizerMetadata {
  string(key: string): string | undefined;
  number(key: string): number | undefined;
  boolean(key: string): boolean | undefined;
  strings(key: string): string[] | undefined;
  numbers(key: string): number[] | undefined;
}

/** Values of `tokenizer.ggml.token_type`. */
const control = 3;
const userDefined = 4;
/** The largest vocabularies have 262,208 tokens (Gemma 3), and building their tables already takes a second. */
const mostTokens = 300_000;

/** The tokenizer in a GGUF file: byte-level BPE ("gpt2") or SentencePiece BPE with scores ("llama"). */
export function tokenizerFromGguf(metadata: TokenizerMetadata): Tokenizer {
  const model = metadata.string("tokenizer.ggml.model");
  const tokens = metadata.strings("tokenizer.ggml.tokens");
  if (model === undefined || tokens === undefined)
    throw new GlassboxError("file", "this GGUF file contains no tokenizer");
  if (tokens.length > mostTokens)
    throw new GlassboxError(
      "resource",
      `this file's vocabulary has ${tokens.length} tokens; the limit is ${mostTokens}`,
    );
  const build = kinds.get(model);
  if (build === undefined) {
    throw new GlassboxError("unsupported", `tokenizers of type ${JSON.stringify(model)} are not supported yet`, {
      hint: `Byte-level BPE ("gpt2") and SentencePiece BPE ("llama") are.`,
    });
  }
  return vocabularyTokenizer(build(metadata, tokens));
}

const kinds: ReadonlyMap<string, (metadata: TokenizerMetadata, tokens: readonly string[]) => TokenizerDefinition> =
  new Map([
    ["gpt2", byteLevel],
    ["llama", sentencePiece],
  ]);

function byteLevel(metadata: TokenizerMetadata, tokens: readonly string[]): TokenizerDefinition {
  const stated = metadata.string("tokenizer.ggml.pre");
  const pre = stated === "default" ? undefined : stated;
  const split = wordSplits.get(pre ?? "gpt-2");
  if (split === undefined) {
    throw new GlassboxError("unsupported", `the pre-tokenizer ${JSON.stringify(pre)} of this file is unknown`, {
      hint: "Put the model's tokenizer.json next to the file.",
    });
  }
  const isolated = split.patterns.map((Regex) => ({
    type: "Split",
    pattern: { Regex },
    behavior: "Isolated",
    invert: false,
  }));
  const addPrefixSpace = metadata.boolean("tokenizer.ggml.add_space_prefix") ?? false;
  return {
    json: {
      normalizer: split.normalizer ? { type: split.normalizer } : null,
      pre_tokenizer: {
        type: "Sequence",
        pretokenizers: [...isolated, { type: "ByteLevel", add_prefix_space: addPrefixSpace, use_regex: false }],
      },
      model: {
        type: "BPE",
        vocab: idsOf(tokens),
        merges: checkedMerges(metadata.strings("tokenizer.ggml.merges") ?? [], tokens),
        ignore_merges: split.ignoreMerges ?? false,
      },
      post_processor: null,
      decoder: { type: "ByteLevel" },
      added_tokens: addedTokens(metadata, tokens),
    },
    spelling: "byte-level",
    entries: tokens,
    ...policies(metadata, tokens, split.addsBos ?? false),
    notes: pre === undefined ? ["The file does not name its pre-tokenizer; GPT-2's is assumed."] : [],
  };
}

function sentencePiece(metadata: TokenizerMetadata, tokens: readonly string[]): TokenizerDefinition {
  const scores = metadata.numbers("tokenizer.ggml.scores");
  if (scores?.length !== tokens.length)
    throw new GlassboxError("file", "the tokenizer's scores do not match its tokens");
  const unknown = metadata.number("tokenizer.ggml.unknown_token_id") ?? 0;
  const replaceSpaces = { type: "Replace", pattern: { String: " " }, content: "▁" };
  const prefixed = metadata.boolean("tokenizer.ggml.add_space_prefix") ?? true;
  return {
    json: {
      normalizer: {
        type: "Sequence",
        normalizers: prefixed ? [{ type: "Prepend", prepend: "▁" }, replaceSpaces] : [replaceSpaces],
      },
      pre_tokenizer: null,
      model: {
        type: "BPE",
        vocab: idsOf(tokens),
        merges: mergesOfScores(tokens, scores),
        unk_token: tokens[unknown] ?? null,
        byte_fallback: true,
        fuse_unk: true,
      },
      post_processor: null,
      decoder: null,
      added_tokens: addedTokens(metadata, tokens),
    },
    spelling: "metaspace",
    entries: tokens,
    ...policies(metadata, tokens, true),
    notes: [],
  };
}

/** `fromEntries`, because assigning to a key called `__proto__` would lose the token. */
const idsOf = (tokens: readonly string[]): Record<string, number> =>
  Object.fromEntries(tokens.map((token, id) => [token, id]));

/** A merge whose parts or result are not in the vocabulary would lose text. */
function checkedMerges(merges: readonly string[], tokens: readonly string[]): (readonly [string, string])[] {
  const known = new Set(tokens);
  return merges.map((merge) => {
    const [left, right] = splitMerge(merge);
    const missing = [left, right, left + right].find((part) => !known.has(part));
    if (missing === undefined) return [left, right];
    throw new GlassboxError(
      "file",
      `the tokenizer's merge ${JSON.stringify(merge.slice(0, 80))} needs ${JSON.stringify(missing.slice(0, 80))}, which is not in its vocabulary`,
    );
  });
}

/** Splits at the first space after the first character. */
function splitMerge(merge: string): readonly [string, string] {
  const at = merge.indexOf(" ", 1);
  if (at < 0)
    throw new GlassboxError(
      "file",
      `the tokenizer's merge ${JSON.stringify(merge.slice(0, 40))} does not have two parts`,
    );
  return [merge.slice(0, at), merge.slice(at + 1)];
}

function addedTokens(metadata: TokenizerMetadata, tokens: readonly string[]): AddedToken[] {
  const types = metadata.numbers("tokenizer.ggml.token_type") ?? [];
  return tokens.flatMap((content, id) => {
    const type = types[id];
    if (content === "" || (type !== control && type !== userDefined)) return [];
    return [{ id, content, special: type === control, normalized: false }];
  });
}

function policies(
  metadata: TokenizerMetadata,
  tokens: readonly string[],
  usually: boolean,
): Pick<TokenizerDefinition, "bos" | "eos"> {
  const special = (key: string): SpecialToken | undefined => {
    const id = metadata.number(key);
    const text = id === undefined ? undefined : tokens[id];
    return text === undefined ? undefined : { id: id!, text };
  };
  const bos = special("tokenizer.ggml.bos_token_id");
  const eos = special("tokenizer.ggml.eos_token_id");
  const stated = metadata.boolean("tokenizer.ggml.add_bos_token");
  const reason =
    bos === undefined
      ? "the file names no beginning-of-sequence token"
      : stated === undefined
        ? `the file does not specify it; tokenizers of this type ${usually ? "add" : "do not add"} it`
        : `tokenizer.ggml.add_bos_token is ${stated} in the file`;
  return {
    bos: { token: bos, byDefault: bos !== undefined && (stated ?? usually), reason },
    eos: { token: eos, byDefault: eos !== undefined && (metadata.boolean("tokenizer.ggml.add_eos_token") ?? false) },
  };
}
