import assert from "node:assert/strict";
import { test } from "node:test";
import type { LanguageOutline } from "../../src/protocol/language-model.ts";
import type { NetworkCard, SiteCard } from "../../src/protocol/model.ts";
import { factsOf, sizeWords } from "./facts.ts";
import { startsOf } from "./starts.ts";

const units: SiteCard = {
  name: "conv",
  shape: [1, 8, 4, 4],
  dtype: "float32",
  axes: ["batch", "channel", "row", "column"],
  role: "Conv",
  channels: 8,
  positions: 16,
};

const network = (change: Partial<NetworkCard>): NetworkCard => ({
  kind: "network",
  path: "/net.onnx",
  name: "net.onnx",
  sha256: "",
  bytes: 18_567_000,
  format: "ONNX",
  producer: "",
  inputs: [{ name: "x", dtype: "float32", shape: ["batch", "8"] }],
  outputs: [{ name: "y", dtype: "float32", shape: [] }],
  operators: [],
  parameters: 1234567,
  sites: [],
  notes: [],
  contract: { inputs: [], heads: [], unexplained: "no output is a score", names: undefined },
  classes: undefined,
  picture: undefined,
  ...change,
});

const outline: LanguageOutline = {
  path: "/llama.gguf",
  name: "llama.gguf",
  format: "gguf",
  family: "Llama",
  layers: 2,
  width: 12,
  heads: 6,
  keyValueHeads: 3,
  headWidth: 2,
  hidden: 32,
  vocabulary: 61,
  context: 128,
  parameters: 1000,
  sites: [],
};

const panels = (...given: Parameters<typeof startsOf>): readonly string[] =>
  startsOf(...given).map(({ panel }) => panel);

test("only panels that a model fits are offered", () => {
  assert.deepEqual(panels(network({})), ["ask"]);
  assert.deepEqual(panels(network({ sites: [units] })), ["unit", "probe", "ask"]);
  assert.deepEqual(panels(outline), ["text", "ask"]);
  const picture = { rows: 4, columns: 4, channels: 3, layout: "NCHW" } as const;
  assert.deepEqual(panels(network({ picture })), ["ask"], "a picture without an output that can be explained");
});

test("a network's facts are those of its file, with the names of free dimensions", () => {
  assert.deepEqual(factsOf(network({ producer: "pytorch 2.1" })), [
    ["Format", "ONNX"],
    ["Written by", "pytorch 2.1"],
    ["File", "18.6 MB"],
    ["Parameters", "1,234,567"],
    ["Input x", "float32 batch × 8"],
    ["Output y", "float32 (one value)"],
  ]);
});

test("a checkpoint's facts are those of its header; shared keys and values are named", () => {
  const facts = new Map(factsOf(outline));
  assert.equal(facts.get("Heads"), "6, 2 wide, 3 for keys and values");
  assert.equal(new Map(factsOf({ ...outline, keyValueHeads: 6 })).get("Heads"), "6, 2 wide");
  assert.equal(facts.get("Output"), "scores of 61 next tokens");
});

test("bytes are said in three digits", () => {
  assert.deepEqual([0, 999, 1000, 18_567_000, 1e9, 10.7e9, 3e15].map(sizeWords), [
    "0 bytes",
    "999 bytes",
    "1 kB",
    "18.6 MB",
    "1 GB",
    "10.7 GB",
    "3000 TB",
  ]);
});
