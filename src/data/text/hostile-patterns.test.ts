import assert from "node:assert/strict";
import { test } from "node:test";
import { GlassboxError } from "../../tensor/errors.ts";
import type { TokenizerDefinition } from "./definition.ts";
import { vocabularyTokenizer } from "./vocabulary-tokenizer.ts";

const letters = [..."abcdefghijklmnopqrstuvwxyzĠ"];

/** A byte-level tokenizer of single letters whose parts are as given. */
const definition = (parts: Partial<TokenizerDefinition["json"]>): TokenizerDefinition => ({
  json: {
    normalizer: null,
    pre_tokenizer: null,
    model: { type: "BPE", vocab: Object.fromEntries(letters.map((letter, id) => [letter, id])), merges: [] },
    post_processor: null,
    decoder: { type: "ByteLevel" },
    added_tokens: [],
    ...parts,
  },
  spelling: "byte-level",
  bos: { token: undefined, byDefault: false, reason: "" },
  eos: { token: undefined, byDefault: false },
  notes: [],
});

const splitAt = (pattern: string): TokenizerDefinition =>
  definition({
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        { type: "Split", pattern: { Regex: pattern }, behavior: "Isolated", invert: false },
        { type: "ByteLevel", add_prefix_space: false, use_regex: false },
      ],
    },
  });

/** Long enough to make a tokenizer on a busy machine; these patterns would not end in a year. */
const impatient = { once: 1000, each: 0 };
const refused = (run: () => unknown): void =>
  assert.throws(
    run,
    (error) =>
      error instanceof GlassboxError && /patterns take too long/.test(error.what) && /token ids/.test(error.hint ?? ""),
  );

for (const pattern of ["(a+)+$", "^(\\w+\\s?)*$", "(a|a)*b", "(.*a){25}x", "(a|aa)+$", "^(([a-z])+.)+[A-Z]([a-z])+$"]) {
  test(`a text on which ${pattern} backtracks is refused, and the tokenizer goes on`, () => {
    const tokenizer = vocabularyTokenizer(splitAt(pattern), impatient);
    const text = `${"a".repeat(100)}!`;
    refused(() => tokenizer.encode(text));
    assert.deepEqual(
      vocabularyTokenizer(splitAt(pattern))
        .encode("b")
        .map(({ id }) => id),
      [1],
    );
  });
}

test("a replacement whose pattern backtracks is ended too", () => {
  const tokenizer = vocabularyTokenizer(
    definition({ normalizer: { type: "Replace", pattern: { Regex: "(b+)+$" }, content: "b" } }),
    impatient,
  );
  refused(() => tokenizer.encode(`${"b".repeat(100)}a`));
});
