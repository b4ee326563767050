import assert from "node:assert/strict";
import { test } from "node:test";
import { configOfMetadata, parseConfig } from "./config.ts";
import { rotaryFrequencies, ropeOfConfig, ropeOfMetadata, type Rope } from "./rope.ts";

const frequencies = (rope: Rope): readonly number[] => [...rotaryFrequencies(8, rope)];
const plain = [0, 1, 2, 3].map((pair) => 10_000 ** ((-2 * pair) / 8));
const ofConfig = (values: object): readonly number[] =>
  frequencies(ropeOfConfig(parseConfig(JSON.stringify(values), "config.json")));
const ofMetadata = (values: Readonly<Record<string, number | string>>, factors?: Float64Array): readonly number[] =>
  frequencies(
    ropeOfMetadata(configOfMetadata({ values: new Map(Object.entries(values)) }, "llama", "m.gguf"), factors),
  );
const dividedBy = (factor: number): readonly number[] => plain.map((frequency) => frequency / factor);

test("frequencies are θ^(−2i/d), and linear scaling divides them", () => {
  assert.deepEqual(ofConfig({}), plain);
  assert.deepEqual(ofConfig({ rope_scaling: { type: "linear", factor: 4 } }), dividedBy(4));
});

test("θ stands in rope_parameters since transformers 5, and next to it before", () => {
  const larger = [0, 1, 2, 3].map((pair) => 500_000 ** ((-2 * pair) / 8));
  assert.deepEqual(ofConfig({ rope_theta: 500_000 }), larger);
  assert.deepEqual(ofConfig({ rope_parameters: { rope_type: "default", rope_theta: 500_000 } }), larger);
  assert.deepEqual(ofConfig({ rope_parameters: { rope_type: "default" }, rope_theta: 500_000 }), larger);
});

test("in GGUF a factor without a type is linear, as llama.cpp reads it; none is none, and 0 is no factor", () => {
  assert.deepEqual(ofMetadata({}), plain);
  assert.deepEqual(ofMetadata({ "llama.rope.scaling.factor": 4 }), dividedBy(4));
  assert.deepEqual(ofMetadata({ "llama.rope.scale_linear": 4 }), dividedBy(4));
  assert.deepEqual(ofMetadata({ "llama.rope.scaling.type": "linear", "llama.rope.scaling.factor": 4 }), dividedBy(4));
  assert.deepEqual(ofMetadata({ "llama.rope.scaling.type": "none", "llama.rope.scaling.factor": 4 }), plain);
  assert.deepEqual(ofMetadata({ "llama.rope.scaling.factor": 0 }), plain);
});

test("factors of their own divide each pair's frequency, after any linear factor", () => {
  const factors = Float64Array.of(1, 1, 2, 8);
  const divided = plain.map((frequency, pair) => frequency / factors[pair]!);
  assert.deepEqual(ofMetadata({}, factors), divided);
  assert.deepEqual(
    ofMetadata({ "llama.rope.scaling.factor": 4 }, factors),
    plain.map((frequency, pair) => frequency / (4 * factors[pair]!)),
  );
});
