import type { TokenizerMetadata } from "./gguf-tokenizer.ts";

/**
 * The tokens that end a text are a set: a chat model ends a turn with one token and a document with another. What each of a
 * checkpoint's own files says is joined, because each is read by one program only.
 */

/** `eos_token_id` of config.json or generation_config.json: an id, or a list of them. */
export function endsOfConfig(config: unknown): readonly number[] {
  const said =
    typeof config === "object" && config !== null && "eos_token_id" in config ? config.eos_token_id : undefined;
  const ids: readonly unknown[] = Array.isArray(said) ? said : [said];
  return ids.filter((id): id is number => Number.isInteger(id));
}

const ggufKeys = ["eos_token_id", "eot_token_id", "eom_token_id"] as const;

/** Names by which llama.cpp knows the end of a text, a turn or a message where the metadata do not. */
const names: ReadonlySet<string> = new Set([
  "<|eot_id|>",
  "<|im_end|>",
  "<|end|>",
  "<|return|>",
  "<|call|>",
  "<|flush|>",
  "<|calls|>",
  "<end_of_turn>",
  "<|endoftext|>",
  "<|eom_id|>",
  "<EOT>",
  "_<EOT>",
  "[EOT]",
  "[EOS]",
  "<|end_of_text|>",
  "<end_of_utterance>",
  "<eos>",
  "<turn|>",
]);

/** The end tokens of a GGUF file, by its metadata and, where its tokens can be read, by their names. */
export function endsOfMetadata(metadata: TokenizerMetadata, named: boolean): readonly number[] {
  const stated = ggufKeys.flatMap((key) => metadata.number(`tokenizer.ggml.${key}`) ?? []);
  const tokens = (named && metadata.strings("tokenizer.ggml.tokens")) || [];
  return [...stated, ...tokens.flatMap((token, id) => (names.has(token) ? [id] : []))];
}
