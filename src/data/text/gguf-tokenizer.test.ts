import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import rust from "../../../test/oracles/tokenizer-ids.json" with { type: "json" };
import { readGguf } from "../../formats/gguf/read.ts";
import { fileSource } from "../../formats/source.ts";
import { tokenizerFromGguf } from "./gguf-tokenizer.ts";

const shared = path.join(process.env["GLASSBOX_ROOT"] ?? ".", "../shared");
const modelFile = path.join(shared, "models/smollm2-135m-instruct-q4_1.gguf");
const oracleFile = path.join(shared, "oracles/smollm2-135m.json");
const absent = (!fs.existsSync(modelFile) || !fs.existsSync(oracleFile)) && "the model or its oracle is absent";

test("SmolLM2's tokenizer gives transformers' ids, with bytes and places", { skip: absent }, (t) => {
  const source = fileSource(modelFile);
  const started = performance.now();
  const tokenizer = tokenizerFromGguf(readGguf(source).metadata);
  t.diagnostic(`opened in ${(performance.now() - started).toFixed(0)} ms`);
  source.close();
  const { prompts } = JSON.parse(fs.readFileSync(oracleFile, "utf8")) as { prompts: { prompt: string; ids: number[]; greedy16: number[]; text: string }[] };
  for (const { prompt, ids, greedy16, text } of prompts) {
    const tokens = tokenizer.encode(prompt);
    assert.deepEqual(tokens.map(({ id }) => id), ids);
    assert.equal(Buffer.concat(tokens.map(({ bytes }) => bytes)).toString(), prompt);
    for (const token of tokens) if (!token.text.includes("\ufffd")) assert.equal(token.text, prompt.slice(token.start, token.end));
    assert.equal(tokenizer.decode(greedy16), text);
  }
  for (const { text, ids, spans, decoded } of rust.smollm2) {
    const tokens = tokenizer.encode(text);
    assert.deepEqual(tokens.map(({ id }) => id), ids, text);
    assert.deepEqual(tokens.map(({ start, end }) => [start, end]), spans, text);
    assert.equal(tokenizer.decode(ids), decoded);
  }
  assert.equal(tokenizer.vocabularySize, 49152);
  assert.deepEqual(tokenizer.bosPolicy.token, { id: 1, text: "<|im_start|>" });
  assert.equal(tokenizer.bosPolicy.byDefault, false);
  assert.match(tokenizer.bosPolicy.reason, /add_bos_token is false/);
});
