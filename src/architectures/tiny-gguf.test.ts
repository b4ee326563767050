import assert from "node:assert/strict";
import test from "node:test";
import { tinyOracle, tinyPath } from "../../test/oracles/tiny-oracle.ts";
import { tokenizerFromGguf } from "../data/text/gguf-tokenizer.ts";
import { evaluate } from "../graph/evaluate.ts";
import type { Graph } from "../graph/graph.ts";
import { coreOperators } from "../graph/ops/table.ts";
import { fromFloat64, toFloat64 } from "../tensor/tensor.ts";
import { decoderGraph, logitsOutput, tokensInput } from "./decoder.ts";
import { openDecoder } from "./open.ts";
import { wholePrompts } from "./sequence.ts";

/** Frequencies that the file keeps as float32 factors are that much off. */
const twins = [
  ["llama-tied-float32", 1e-9],
  ["llama-scaled-rope-float32", 1e-5],
] as const;

for (const [name, tolerance] of twins) {
  test(`${name}.gguf, converted as llama.cpp does, is the checkpoint: every weight bit by bit, and the logits are transformers'`, () => {
    const oracle = tinyOracle(name);
    const [gguf, safetensors] = [
      openDecoder(tinyPath(`${name}.gguf`), "gguf"),
      openDecoder(tinyPath(name), "safetensors"),
    ];
    const [own, other] = [gguf, safetensors].map(({ decoder }) =>
      decoderGraph(decoder, wholePrompts(1, oracle.tokens.length)),
    ) as [Graph, Graph];
    const namesOf = ({ constants }: Graph): string[] =>
      [...constants.keys()].filter((weight) => weight.startsWith("model."));
    assert.deepEqual(namesOf(own), namesOf(other));
    const weights = [...own.constants].filter(([weight]) => weight.startsWith("model."));
    for (const [weight, constant] of weights)
      assert.deepEqual(toFloat64(constant.load()), toFloat64(other.constants.get(weight)!.load()), weight);
    assert.deepEqual(
      own.sites.map((site) => site.name),
      other.sites.map((site) => site.name),
    );
    const logits = evaluate(
      own,
      new Map([[tokensInput, fromFloat64("int64", [1, oracle.tokens.length], oracle.tokens)]]),
      coreOperators,
    ).get(logitsOutput)!.data;
    oracle.logits.data.forEach((logit, i) => assert.ok(Math.abs((logits[i] as number) - logit) <= tolerance));
    for (const opened of [gguf, safetensors]) opened.close();
  });
}

test("its tokenizer begins with <s> and spells what it has no piece for in bytes", () => {
  const { metadata, close } = openDecoder(tinyPath("llama-tied-float32.gguf"), "gguf");
  const tokenizer = tokenizerFromGguf(metadata!);
  close();
  const tokens = tokenizer.encode("the cat sat on the mat, €\n");
  assert.deepEqual(
    tokens.map(({ text }) => text),
    ["<s>", " the", " cat", " sat", " on", " the", " mat", ",", " ", "<0xE2>", "<0x82>", "<0xAC>", "\n"],
  );
  assert.deepEqual(
    tokens.slice(9, 12).map(({ bytes }) => [...bytes]),
    [[0xe2], [0x82], [0xac]],
  );
  assert.equal(tokenizer.vocabularySize, 61);
});
