import assert from "node:assert/strict";
import { test } from "node:test";
import { GlassboxError } from "../../tensor/errors.ts";
import { tokenizerFromJson } from "./tokenizer-json.ts";

const special = ["<s>", "</s>", "<en>", "<x>"];
const added = special.map((content, id) => ({ id, content, special: true }));
const json = (post_processor: object | null, model: object = {}): object => ({
  added_tokens: added,
  pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, use_regex: true },
  decoder: { type: "ByteLevel" },
  post_processor,
  model: {
    type: "BPE",
    vocab: { ...Object.fromEntries(special.map((each, id) => [each, id])), a: 4, b: 5, ab: 6 },
    merges: ["a b"],
    ...model,
  },
});
const template = (...parts: readonly string[]): object => ({
  type: "TemplateProcessing",
  single: parts.map((part) =>
    part === "$" ? { Sequence: { id: "A", type_id: 0 } } : { SpecialToken: { id: part, type_id: 0 } },
  ),
});

const idsOf = (post: object | null, options = {}): readonly number[] =>
  tokenizerFromJson(json(post))
    .encode("ab", options)
    .map(({ id }) => id);

test("every special token of a template is added, and each side can be switched", () => {
  const all = template("<s>", "<en>", "$", "<x>", "</s>");
  assert.deepEqual(idsOf(all), [0, 2, 6, 3, 1]);
  assert.deepEqual(idsOf(all, { addBos: false }), [6, 3, 1]);
  assert.deepEqual(idsOf(all, { addEos: false }), [0, 2, 6]);
  assert.deepEqual(idsOf(all, { addBos: false, addEos: false }), [6]);
  assert.deepEqual(idsOf({ type: "Sequence", processors: [{ type: "ByteLevel" }, all] }), [0, 2, 6, 3, 1]);
  assert.deepEqual(idsOf(template("$", "</s>")), [6, 1]);
  assert.deepEqual(idsOf(template("$", "</s>"), { addEos: false }), [6]);
  assert.deepEqual(idsOf({ type: "RobertaProcessing", cls: ["<s>", 0], sep: ["</s>", 1] }), [0, 6, 1]);
  assert.deepEqual(idsOf(null), [6]);
});

test("a merge whose parts or result are not in the vocabulary is refused, as Hugging Face does, because it loses text", () => {
  for (const merges of [["a a"], ["ab a"], ["c d"], [["b", "a"]], ["a b", "b b"]])
    assert.throws(
      () => tokenizerFromJson(json(null, { merges })),
      (error) => error instanceof GlassboxError && /its merge of .* which is not in the vocabulary/.test(error.what),
      JSON.stringify(merges),
    );
  assert.equal(tokenizerFromJson(json(null, { merges: [["a", "b"]] })).decode([6]), "ab");
});
