import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import rust from "../../../test/oracles/tokenizer-ids.json" with { type: "json" };
import { ggufFile } from "../../../test/files/gguf-file.ts";
import { fuzzRuns, mutate } from "../../../test/fuzz/mutate.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { readGguf } from "../../formats/gguf/read.ts";
import { fileSource, memorySource } from "../../formats/source.ts";
import { tokenizerFromGguf, type TokenizerMetadata } from "./gguf-tokenizer.ts";

const shared = path.join(process.env["GLASSBOX_ROOT"] ?? ".", "../shared");
const modelFile = path.join(shared, "models/smollm2-135m-instruct-q4_1.gguf");
const oracleFile = path.join(shared, "oracles/smollm2-135m.json");
const absent = (!fs.existsSync(modelFile) || !fs.existsSync(oracleFile)) && "the model or its oracle is absent";

test("SmolLM2's tokenizer gives the ids of transformers, with bytes and spans", { skip: absent }, (t) => {
  const source = fileSource(modelFile);
  const started = performance.now();
  const tokenizer = tokenizerFromGguf(readGguf(source).metadata);
  t.diagnostic(`opened in ${(performance.now() - started).toFixed(0)} ms`);
  source.close();
  const { prompts } = JSON.parse(fs.readFileSync(oracleFile, "utf8")) as {
    prompts: { prompt: string; ids: number[]; greedy16: number[]; text: string }[];
  };
  for (const { prompt, ids, greedy16, text } of prompts) {
    const tokens = tokenizer.encode(prompt);
    assert.deepEqual(
      tokens.map(({ id }) => id),
      ids,
    );
    assert.equal(Buffer.concat(tokens.map(({ bytes }) => bytes)).toString(), prompt);
    for (const token of tokens)
      if (!/<0x..>/.test(token.text)) assert.equal(token.text, prompt.slice(token.start, token.end));
    assert.equal(tokenizer.decode(greedy16), text);
  }
  for (const { text, ids, spans, decoded } of rust.smollm2) {
    const tokens = tokenizer.encode(text);
    assert.deepEqual(
      tokens.map(({ id }) => id),
      ids,
      text,
    );
    assert.deepEqual(
      tokens.map(({ start, end }) => [start, end]),
      spans,
      text,
    );
    assert.equal(tokenizer.decode(ids), decoded);
  }
  assert.equal(tokenizer.vocabularySize, 49152);
  assert.deepEqual(tokenizer.bosPolicy.token, { id: 1, text: "<|im_start|>" });
  assert.equal(tokenizer.bosPolicy.byDefault, false);
  assert.match(tokenizer.bosPolicy.reason, /add_bos_token is false/);
});

/** The tokenizer fields of a GGUF file. */
const metadata = (fields: Readonly<Record<string, unknown>>): TokenizerMetadata => {
  const get = <T>(key: string): T | undefined => fields[key.replace("tokenizer.ggml.", "")] as T | undefined;
  return { string: get, number: get, boolean: get, strings: get, numbers: get };
};

for (const [pre, name] of [
  ["gpt-2", "gpt-2"],
  ["llama-bpe", "llama-3"],
  ["qwen2", "qwen2"],
] as const) {
  const { tokenizer: json, expected } = rust.small.find((each) => each.name === name)!;
  const model = json.model as { vocab: Record<string, number>; merges: string[][] };
  const tokens = Object.keys(model.vocab).sort((a, b) => model.vocab[a]! - model.vocab[b]!);
  const special = new Set(json.added_tokens.map(({ content }) => content));
  const fields = {
    model: "gpt2",
    pre,
    tokens,
    merges: model.merges.map((pair) => pair.join(" ")),
    token_type: tokens.map((token) => (special.has(token) ? 3 : 1)),
    bos_token_id: 0,
  };

  test(`a GGUF vocabulary that splits words as ${pre} gives the ids of its tokenizer.json`, () => {
    const tokenizer = tokenizerFromGguf(metadata(fields));
    for (const { text, ids } of expected)
      assert.deepEqual(
        tokenizer.encode(text, { addBos: false }).map(({ id }) => id),
        ids,
        text,
      );
    assert.equal(tokenizer.bosPolicy.byDefault, pre === "llama-bpe");
    assert.match(tokenizer.bosPolicy.reason, /does not specify/);
  });
}

test("a SentencePiece vocabulary with scores gives the ids of sentencepiece, and decodes to the text", () => {
  const { pieces, scores, types, expected } = rust.sentencepiece;
  const tokenizer = tokenizerFromGguf(
    metadata({
      model: "llama",
      tokens: pieces,
      scores,
      token_type: types,
      bos_token_id: 1,
      eos_token_id: 2,
      unknown_token_id: 0,
    }),
  );
  for (const { text, ids } of expected) {
    const tokens = tokenizer.encode(text, { addBos: false });
    assert.deepEqual(
      tokens.map(({ id }) => id),
      ids,
      text,
    );
    assert.equal(tokenizer.decode(ids), text);
    assert.ok(
      tokens.every(
        (token) =>
          /<0x..>/.test(token.text) ||
          token.text === text.slice(token.start, token.end) ||
          token.text === ` ${text.slice(token.start, token.end)}`,
      ),
    );
  }
  assert.deepEqual(tokenizer.encode("a")[0], {
    id: 1,
    bytes: new TextEncoder().encode("<s>"),
    text: "<s>",
    start: 0,
    end: 0,
    special: true,
  });
  assert.equal(tokenizer.tokenText(13), "\n");
});

const tiny = {
  model: "gpt2",
  pre: "gpt-2",
  tokens: ["a", "b", "ab", "Ġ", "__proto__", "<e>"],
  merges: ["a b"],
  token_type: [1, 1, 1, 1, 4, 3],
};

test("special tokens appear in a text by name, and a token may be called __proto__", () => {
  const tokenizer = tokenizerFromGguf(metadata(tiny));
  assert.deepEqual(
    tokenizer.encode("ab<e> __proto__b").map(({ id, start, end }) => [id, start, end]),
    [
      [2, 0, 2],
      [5, 2, 5],
      [3, 5, 6],
      [4, 6, 15],
      [1, 15, 16],
    ],
  );
  assert.equal(tokenizer.tokenText(4), "__proto__");
  assert.equal(tokenizer.tokenText(6), undefined);
  assert.equal(tokenizer.bosPolicy.token, undefined);
  assert.throws(() => tokenizer.encode("a", { addBos: true }), /no beginning-of-sequence token/);
  assert.throws(() => tokenizer.decode([99]), /no token 99/);
  assert.deepEqual(tokenizer.encode(""), []);
});

test("ids that share an entry all decode", () => {
  const tokenizer = tokenizerFromGguf(
    metadata({ ...tiny, tokens: ["a", "b", "ab", "Ġ", "a", "<e>"], token_type: [1, 1, 1, 1, 1, 3] }),
  );
  assert.equal(tokenizer.decode([0, 4]), "aa");
  assert.equal(tokenizer.vocabularySize, 6);
});

test("an unusable vocabulary is rejected with a readable error", () => {
  const refuses = (fields: object, message: RegExp): void =>
    assert.throws(() => tokenizerFromGguf(metadata({ ...tiny, ...fields })), message);
  refuses({ tokens: undefined }, /contains no tokenizer/);
  refuses({ model: "rwkv" }, /"rwkv" are not supported/);
  refuses({ pre: "tekken-9" }, /"tekken-9" .* is unknown/);
  refuses({ merges: ["ab"] }, /does not have two parts/);
  refuses({ model: "llama", scores: [1] }, /scores do not match/);
  for (const pre of [undefined, "default"])
    assert.match(tokenizerFromGguf(metadata({ ...tiny, pre })).notes[0]!, /GPT-2's is assumed/);
});

test("a damaged vocabulary is accepted or rejected but never causes a crash", () => {
  const { pieces, scores, types } = rust.sentencepiece;
  const files = [
    ggufFile({
      metadata: [
        ["tokenizer.ggml.model", [8, "gpt2"]],
        ["tokenizer.ggml.pre", [8, "llama-bpe"]],
        ["tokenizer.ggml.tokens", [9, [8, tiny.tokens]]],
        ["tokenizer.ggml.merges", [9, [8, tiny.merges]]],
        ["tokenizer.ggml.token_type", [9, [5, tiny.token_type]]],
        ["tokenizer.ggml.bos_token_id", [4, 5]],
        ["tokenizer.ggml.add_bos_token", [7, true]],
      ],
    }),
    ggufFile({
      metadata: [
        ["tokenizer.ggml.model", [8, "llama"]],
        ["tokenizer.ggml.tokens", [9, [8, pieces.slice(0, 300)]]],
        ["tokenizer.ggml.scores", [9, [6, scores.slice(0, 300)]]],
        ["tokenizer.ggml.token_type", [9, [5, types.slice(0, 300)]]],
        ["tokenizer.ggml.bos_token_id", [4, 1]],
      ],
    }),
  ];
  for (let seed = 1; seed <= fuzzRuns(2000); seed++) {
    try {
      const tokenizer = tokenizerFromGguf(
        readGguf(memorySource("m.gguf", mutate(files[seed % files.length]!, seed))).metadata,
      );
      tokenizer.decode(tokenizer.encode("ab the<e>b\n日").map(({ id }) => id));
    } catch (error) {
      assert.ok(
        error instanceof GlassboxError,
        `seed ${seed}: ${error instanceof Error ? error.stack : String(error)}`,
      );
    }
  }
});
