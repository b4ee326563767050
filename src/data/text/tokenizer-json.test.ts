import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import rust from "../../../test/oracles/tokenizer-ids.json" with { type: "json" };
import { bounded } from "../../../test/fuzz/bounded.ts";
import { fuzzRuns, mutate, seededRandom } from "../../../test/fuzz/mutate.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { loadTokenizerJson, tokenizerFromJson } from "./tokenizer-json.ts";

const json = (name: string) =>
  structuredClone(rust.small.find((each) => each.name === name)!.tokenizer) as unknown as Record<string, unknown>;

function folder(t: { after(done: () => void): void }, files: Readonly<Record<string, unknown>>): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-tokenizer-"));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files))
    fs.writeFileSync(path.join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  return folder;
}

test("GPT-2 names a BOS token but does not add it; the configuration next to tokenizer.json gives it, by text or by id", (t) => {
  const named = folder(t, {
    "tokenizer.json": json("gpt-2"),
    "tokenizer_config.json": { bos_token: { content: "<|endoftext|>" }, eos_token: "<|endoftext|>" },
  });
  const numbered = folder(t, {
    "tokenizer.json": json("gpt-2"),
    "config.json": { bos_token_id: 0, eos_token_id: [0, 5] },
  });
  for (const target of [named, path.join(named, "tokenizer.json"), numbered]) {
    const { bosPolicy, eos, encode } = loadTokenizerJson(target);
    assert.deepEqual(bosPolicy, {
      token: { id: 0, text: "<|endoftext|>" },
      byDefault: false,
      reason: "the template in tokenizer.json adds nothing at the beginning",
    });
    assert.deepEqual(eos, { id: 0, text: "<|endoftext|>" });
    assert.deepEqual(encode("a", { addBos: true })[0], {
      id: 0,
      bytes: new TextEncoder().encode("<|endoftext|>"),
      text: "<|endoftext|>",
      start: 0,
      end: 0,
      special: true,
    });
  }
});

test("BERT's [CLS] and [SEP] begin and end its texts", () => {
  const { bosPolicy, eos } = tokenizerFromJson(json("bert"));
  assert.deepEqual([bosPolicy.token?.text, bosPolicy.byDefault, eos?.text], ["[CLS]", true, "[SEP]"]);
});

test("a missing, broken or foreign file is rejected with an error that names it", (t) => {
  const cases: readonly (readonly [unknown, RegExp])[] = [
    ["{", /tokenizer.json is not valid JSON/],
    ["", /tokenizer.json is not valid JSON/],
    [[], /it is not an object/],
    [{}, /it has no model/],
    [{ model: { type: "BPE" } }, /not a table of entries/],
    [{ model: { type: "BPE", vocab: { a: -1 }, merges: [] } }, /not a small whole number/],
    [{ model: { type: "BPE", vocab: { a: 1e9 }, merges: [] } }, /not a small whole number/],
    [{ model: { type: "BPE", vocab: { a: "0" }, merges: [] } }, /not a small whole number/],
    [{ model: { type: "BPE", vocab: { a: 0 }, merges: [["a"]] } }, /merges are not pairs/],
    [{ model: { type: "BPE", vocab: { a: 0 }, merges: [] }, added_tokens: [{ id: 1 }] }, /no content/],
    [
      { model: { type: "BPE", vocab: { a: 0 }, merges: [] }, added_tokens: [{ id: 2 ** 40, content: "b" }] },
      /not a small whole number/,
    ],
    [{ model: { type: "Unigram", vocab: [["a"]] } }, /not a table of entries/],
    [{ model: { type: "Other", vocab: { a: 0 }, merges: [] }, pre_tokenizer: { type: "Nonsense" } }, /cannot be used/],
    [
      {
        model: { type: "BPE", vocab: { a: 0 }, merges: [] },
        pre_tokenizer: { type: "Split", pattern: { Regex: "(" } },
      },
      /cannot be used/,
    ],
  ];
  for (const [content, message] of cases) {
    assert.throws(
      () => loadTokenizerJson(folder(t, { "tokenizer.json": content })),
      (error: unknown) =>
        error instanceof GlassboxError && message.test(error.message) && error.where!.endsWith("tokenizer.json"),
      `${JSON.stringify(content)} should be rejected with ${message}`,
    );
  }
  assert.throws(() => loadTokenizerJson(folder(t, {})), /there is no tokenizer.json/);
});

test("any text survives a byte-level round trip, and its tokens' bytes are the text's", () => {
  const tokenizer = tokenizerFromJson(json("gpt-2"));
  const random = seededRandom(7);
  const alphabet = [
    "a",
    "the ",
    " ",
    "\n",
    "é",
    "e\u0301",
    "日",
    "🙂",
    "\u200d",
    "'s",
    "1",
    "²",
    "\u0000",
    "\ufeff",
    "<|endoftext|>",
    "ﬁ",
    "\u00a0",
  ];
  for (let i = 0; i < 500; i++) {
    const text = Array.from({ length: random(40) }, () => alphabet[random(alphabet.length)]).join("");
    const tokens = tokenizer.encode(text);
    assert.equal(tokenizer.decode(tokens.map(({ id }) => id)), text);
    assert.equal(Buffer.concat(tokens.map(({ bytes }) => bytes)).toString(), text);
    let end = 0;
    for (const token of tokens) {
      assert.ok(token.start <= end && token.end >= end && token.end > token.start, JSON.stringify(text));
      end = token.end;
    }
    assert.equal(end, text.length);
  }
});

test("a long text is tokenized with bounded work", (t) => {
  const tokenizer = tokenizerFromJson(json("llama-2"));
  const text = "The capital of France is Paris. ".repeat(1000);
  const roundTrip = (): void =>
    assert.equal(tokenizer.decode(tokenizer.encode(text, { addBos: false }).map(({ id }) => id)), text);
  const took = bounded("cutting 32,000 characters", roundTrip, 50);
  t.diagnostic(`${took.toFixed(0)} ms`);
});

test("a damaged tokenizer.json is accepted or rejected but never causes a crash", () => {
  const sources = rust.small.map(({ tokenizer }) => new TextEncoder().encode(JSON.stringify(tokenizer)));
  const runs = fuzzRuns(300);
  for (let seed = 1; seed <= runs; seed++) {
    let value: unknown;
    try {
      value = JSON.parse(new TextDecoder().decode(mutate(sources[seed % sources.length]!, seed)));
    } catch {
      continue;
    }
    try {
      tokenizerFromJson(value).encode("The capital of France, naïvely: 日本語 <s>\n");
    } catch (error) {
      assert.ok(error instanceof GlassboxError, `seed ${seed}: ${String(error)}`);
    }
  }
});

test("replacements that multiply are refused when the tokenizer is opened, ordinary ones are not", () => {
  const replaced = (...parts: readonly (readonly [pattern: object, content: string])[]): unknown => ({
    ...json("gpt-2"),
    normalizer: {
      type: "Sequence",
      normalizers: parts.map(([pattern, content]) => ({ type: "Replace", pattern, content })),
    },
  });
  const tenfold = [{ String: "a" }, "aaaaaaaaaa"] as const;
  const nested = [{ Regex: "x*" }, "-".repeat(40)] as const;
  for (const parts of [
    [tenfold, tenfold, tenfold, tenfold],
    [nested, nested],
    [[{ String: "" }, "ab".repeat(600)]] as const,
  ])
    assert.throws(
      () => tokenizerFromJson(replaced(...parts)),
      (error) => error instanceof GlassboxError && /over a thousand times longer/.test(error.what),
    );
  tokenizerFromJson(replaced([{ String: " " }, "▁"], [{ Regex: "\\s+" }, " "], [{ String: "``" }, '"'], tenfold));
});
