/** What a model is, is said in the same words in the terminal, in its JSON document and in the panel. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { contractFacts } from "../../src/answers/contract-words.ts";
import { inspectDocument, inspectLines } from "../../src/cli/commands/inspect.ts";
import type { Contract } from "../../src/protocol/contract.ts";
import type { NetworkCard } from "../../src/protocol/model.ts";
import { WhatModelIs } from "../../webview/lib/WhatModelIs.tsx";

const evidence = { from: "file", words: "The graph says so." } as const;
const contract: Contract = {
  inputs: [
    {
      name: "image",
      elementType: "uint8",
      axes: {
        value: [
          { means: "batch", size: 1, free: "N" },
          { means: "channel", size: 3, free: undefined },
          { means: "row", size: 96, free: "height" },
          { means: "column", size: 64, free: "width" },
        ],
        evidence: { from: "usual", words: "96 × 64 was chosen." },
        sure: false,
      },
      role: { value: { is: "explained" }, evidence, sure: true },
      preprocessing: undefined,
    },
    {
      name: "gain",
      elementType: "float",
      axes: { value: [], evidence, sure: true },
      role: {
        value: { is: "constant", value: 0.5 },
        evidence: { from: "person", words: "A person said so." },
        sure: true,
      },
      preprocessing: undefined,
    },
  ],
  heads: [
    {
      output: "scores",
      shape: [1, 3],
      kind: { value: { is: "independent", classes: 3, given: "probabilities" }, evidence, sure: true },
    },
    {
      output: "features",
      shape: [1, 8],
      kind: { value: { is: "embedding", size: 8, unitLength: true }, evidence, sure: false },
    },
  ],
  unexplained: undefined,
  names: {
    value: ["red", "green", "blue"],
    evidence: { from: "neighbour", words: "Names from classes.txt." },
    sure: true,
  },
};
const card = {
  contract,
  name: "net.onnx",
  path: "/a/net.onnx",
  format: "ONNX",
  producer: "",
  parameters: 12,
} as NetworkCard;

/** The text of a page's tree; of components that are not drawn, the text they are given. */
function textOf(node: unknown): string {
  if (typeof node === "string" || typeof node === "number") return String(node);
  if (Array.isArray(node)) return node.map(textOf).join("");
  if (typeof node !== "object" || node === null || !("props" in node)) return "";
  return textOf((node.props as { readonly children?: unknown }).children);
}

test("terminal, JSON and panel say what a model is in the same words", () => {
  const facts = contractFacts(contract);
  const terminal = inspectLines(card).join("\n");
  const panel = textOf(WhatModelIs({ contract, onCorrect: () => undefined }));
  const document = JSON.parse(inspectDocument(card)) as { readonly facts: unknown; readonly contract: unknown };
  assert.deepEqual(document.facts, JSON.parse(JSON.stringify(facts)));
  assert.deepEqual(document.contract, JSON.parse(JSON.stringify(contract)));
  assert.equal(facts.length, 7);
  for (const { name, value, from, evidence: words, sure } of facts)
    for (const surface of [terminal, panel]) {
      for (const text of [name, value, `${sure ? "" : "△ not sure; "}${from}: ${words}`])
        assert.ok(surface.includes(text), `“${text}” in\n${surface}`);
    }
});

test("a contract reads as sentences that an engineer understands", () => {
  assert.deepEqual(
    contractFacts(contract).map(({ name, value }) => `${name}: ${value}`),
    [
      "input image: uint8 of 3 × 96 × 64 (channel, row, column)",
      "input image: explained",
      "input gain: one float",
      "input gain: always 0.5",
      "output scores: independent scores of 3 classes, given as probabilities",
      "names: red, green, blue",
      "also features: an embedding of 8 numbers, scaled to length 1",
    ],
  );
});
