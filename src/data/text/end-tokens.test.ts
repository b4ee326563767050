import assert from "node:assert/strict";
import { test } from "node:test";
import { endsOfConfig, endsOfMetadata } from "./end-tokens.ts";
import type { TokenizerMetadata } from "./gguf-tokenizer.ts";

const metadata = (values: Readonly<Record<string, unknown>>): TokenizerMetadata => {
  const get = (key: string): never => values[`tokenizer.ggml.${key.replace("tokenizer.ggml.", "")}`] as never;
  return { string: get, number: get, boolean: get, strings: get, numbers: get };
};

test("the end tokens of a config are its one id or its whole list", () => {
  assert.deepEqual(endsOfConfig({ eos_token_id: 2 }), [2]);
  assert.deepEqual(endsOfConfig({ eos_token_id: [128001, 128008, 128009] }), [128001, 128008, 128009]);
  for (const none of [{}, { eos_token_id: null }, { eos_token_id: "2" }, undefined, [], 3])
    assert.deepEqual(endsOfConfig(none), []);
});

test("a GGUF file's ends are those of the text, the turn and the message, and the names that say so", () => {
  const keys = { "tokenizer.ggml.eos_token_id": 0, "tokenizer.ggml.eot_token_id": 2, "tokenizer.ggml.eom_token_id": 5 };
  assert.deepEqual(endsOfMetadata(metadata(keys), true), [0, 2, 5]);
  const named = {
    "tokenizer.ggml.eos_token_id": 0,
    "tokenizer.ggml.tokens": ["<s>", "the", "<|im_end|>", "<end_of_turn>", "end"],
  };
  assert.deepEqual(endsOfMetadata(metadata(named), true), [0, 2, 3]);
  assert.deepEqual(endsOfMetadata(metadata(named), false), [0]);
});
