import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { ggufFile } from "../../test/files/gguf-file.ts";
import { openDecoder } from "./open.ts";
import { gguf, hidden, notesOf, root, vocabulary, width, written, type Outcome } from "../../test/checkpoint-files.ts";

const ggufCases: readonly (readonly [string, Parameters<typeof gguf>[0], Outcome])[] = [
  ["a whole Llama, whose embedding is its head", {}, { silent: true }],
  ["a head of its own", { tensors: { "output.weight": [width, vocabulary] } }, { silent: true }],
  ["a missing matrix", { leave: ["blk.0.attn_v.weight"] }, { refused: /no tensor/ }],
  ["more blocks than it says", { tensors: { "blk.1.attn_norm.weight": [width] } }, { noted: /more blocks than the 1/ }],
  [
    "norms of queries",
    { tensors: { "blk.0.attn_q_norm.weight": [2] } },
    { refused: /attn_q_norm\.weight", which Glassbox does not compute/ },
  ],
  ["a tensor outside its blocks", { tensors: { "cls.weight": [width] } }, { noted: /does not read "cls\.weight"/ }],
  [
    "an adapter",
    { metadata: { "general.type": [8, "adapter"], "adapter.type": [8, "lora"] } },
    { refused: /a LoRA adapter/ },
  ],
  ["a projector", { metadata: { "general.type": [8, "mmproj"] } }, { refused: /the projector or the picture part/ }],
  ["a control vector", { metadata: { "general.architecture": [8, "controlvector"] } }, { refused: /a control vector/ }],
  ["experts", { tensors: { "blk.0.ffn_gate_exps.weight": [width, hidden, 2] } }, { refused: /mixture of experts/ }],
];

for (const [name, change, outcome] of ggufCases) {
  test(`GGUF, ${name}`, () => {
    if ("refused" in outcome) assert.throws(() => notesOf(gguf(change)), outcome.refused);
    else if ("noted" in outcome) assert.match(notesOf(gguf(change)), outcome.noted);
    else assert.equal(notesOf(gguf(change)), "");
  });
}

test("only a vocabulary is called that", () => {
  const file = path.join(root, "vocabulary.gguf");
  fs.writeFileSync(
    file,
    ggufFile({
      metadata: [
        ["general.architecture", [8, "llama"]],
        ["tokenizer.ggml.model", [8, "gpt2"]],
      ],
    }),
  );
  assert.throws(() => notesOf(file), /only a vocabulary/);
});

test("a scaled context counts its factor: linear stretches what the file states, Llama 3.1 states what is stretched", () => {
  const contextOf = (file: string): number => {
    const { decoder, close } = openDecoder(file, file);
    close();
    return decoder.context;
  };
  assert.equal(contextOf(gguf({ metadata: { "llama.rope.scaling.factor": [6, 4] } })), 128);
  assert.equal(contextOf(gguf({ metadata: { "llama.rope.scale_linear": [6, 2] } })), 64);
  assert.equal(
    contextOf(gguf({ metadata: { "llama.rope.scaling.type": [8, "none"], "llama.rope.scaling.factor": [6, 4] } })),
    32,
  );
  assert.equal(contextOf(written("llama", { config: { rope_scaling: { type: "linear", factor: 4 } } })), 128);
  const llama3 = {
    rope_type: "llama3",
    factor: 8,
    low_freq_factor: 1,
    high_freq_factor: 4,
    original_max_position_embeddings: 8,
  };
  assert.equal(contextOf(written("llama", { config: { rope_scaling: llama3 } })), 32);
});
