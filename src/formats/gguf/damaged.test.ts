import assert from "node:assert/strict";
import { test } from "node:test";
import { ggufFile } from "../../../test/files/gguf-file.ts";
import { safetensorsOf } from "../../../test/files/safetensors-file.ts";
import { fuzzRuns } from "../../../test/fuzz/mutate.ts";
import { survives } from "../../../test/fuzz/survives.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { readSafetensors } from "../safetensors/read.ts";
import { memorySource } from "../source.ts";
import { readGguf } from "./read.ts";
import { readTensor } from "./tensors.ts";

const sequence = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 37) & 0x7f);

const gguf = ggufFile({
  metadata: [
    ["general.architecture", [8, "llama"]],
    ["general.alignment", [4, 32]],
    ["llama.block_count", [4, 2]],
    ["big", [10, 2n ** 60n]],
    ["tokenizer.ggml.model", [8, "gpt2"]],
    ["tokenizer.ggml.tokens", [9, [8, ["a", "b", "ab", "<|end|>"]]]],
    ["tokenizer.ggml.token_type", [9, [5, [1, 1, 1, 3]]]],
    ["tokenizer.ggml.merges", [9, [8, ["a b"]]]],
    [
      "nested",
      [
        9,
        [
          9,
          [
            [8, ["x"]],
            [0, [1, 2]],
          ],
        ],
      ],
    ],
  ],
  tensors: [
    { name: "token_embd.weight", type: 0, extents: [4, 2], data: sequence(32) },
    { name: "blk.0.attn_q.weight", type: 3, extents: [32, 2], data: sequence(40) },
    { name: "blk.0.attn_k.weight", type: 8, extents: [32], data: sequence(34) },
    { name: "blk.0.ffn.weight", type: 12, extents: [256], data: sequence(144) },
  ],
});

const safetensors = safetensorsOf(
  {
    "model.embed": { dtype: "F32", shape: [2, 3], data: sequence(24) },
    "model.half": { dtype: "BF16", shape: [5], data: sequence(10) },
    "model.ids": { dtype: "I64", shape: [1, 2], data: sequence(16) },
  },
  { format: "pt" },
);

function readAllOfGguf(bytes: Uint8Array): void {
  const model = readGguf(memorySource("m.gguf", bytes));
  for (const name of model.tensors.keys()) readTensor(model, name);
  for (const key of model.metadata.values.keys()) {
    for (const get of [model.metadata.strings, model.metadata.numbers]) refusedOrFine(() => get(key));
  }
}

function readAllOfSafetensors(bytes: Uint8Array): void {
  const model = readSafetensors(memorySource("m.safetensors", bytes));
  for (const name of model.tensors.keys()) model.readTensor(name);
}

/** True if refused; any error but a sentence is a defect. */
function refusedOrFine(read: () => unknown): boolean {
  try {
    read();
    return false;
  } catch (error) {
    if (!(error instanceof GlassboxError)) throw error;
    assert.ok(error.message.length < 600);
    return true;
  }
}

for (const { name, bytes, readAll } of [
  { name: "GGUF", bytes: gguf, readAll: readAllOfGguf },
  { name: "safetensors", bytes: safetensors, readAll: readAllOfSafetensors },
]) {
  test(`${name}: cut off after any of its ${bytes.length} bytes, it is refused with a sentence`, () => {
    readAll(bytes);
    for (let length = 0; length < bytes.length; length++) {
      assert.ok(
        refusedOrFine(() => readAll(bytes.subarray(0, length))),
        `cut to ${length} bytes`,
      );
    }
  });

  test(`${name}: any single byte at its extremes is read or refused, never a crash`, () => {
    for (let at = 0; at < bytes.length; at++) {
      for (const value of [0, 0x7f, 0x80, 0xff]) {
        const damaged = bytes.slice();
        damaged[at] = value;
        refusedOrFine(() => readAll(damaged));
      }
    }
  });

  test(`${name}: mutations are read or refused with bounded work and memory`, (t) =>
    survives(t, fuzzRuns(10_000), [bytes], readAll));
}
