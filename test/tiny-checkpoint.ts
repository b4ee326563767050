import fs from "node:fs";
import path from "node:path";

const checkpoint = path.join(process.env.GLASSBOX_ROOT ?? process.cwd(), "test/oracles/tiny/llama-tied-float32");

/** Words that are one token each in the tiny checkpoint's tokenizer; letters fill up its 61 entries. */
const words = ["When", "Mary", "and", "John", "went", "to", "the", "store", "gave", "a", "drink", "her", "him"];
const filled = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"].filter((letter) => letter !== "a");

function tinyTokenizer(): unknown {
  const special = ["<s>", "</s>", "<unk>"];
  const pieces = [...special, ...words.map((word) => `▁${word}`), ",", "▁", ...filled].slice(0, 61);
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: special.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true },
    post_processor: null,
    decoder: { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true },
    model: {
      type: "Unigram",
      unk_id: 2,
      vocab: pieces.map((piece, i) => [piece, i < special.length ? 0 : piece.length > 2 ? -2 : -8]),
      byte_fallback: false,
    },
  };
}

/** A random Llama of two layers and six heads with a tokenizer that knows the example prompt's words. */
export const tinyCheckpoint = (): Readonly<Record<string, string | Uint8Array>> => ({
  "model.safetensors": fs.readFileSync(path.join(checkpoint, "model.safetensors")),
  "config.json": fs.readFileSync(path.join(checkpoint, "config.json")),
  "tokenizer.json": JSON.stringify(tinyTokenizer()),
});
