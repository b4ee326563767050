import assert from "node:assert/strict";
import { test } from "node:test";
import { ggufFile } from "../../test/files/gguf-file.ts";
import { safetensorsFile, safetensorsOf } from "../../test/files/safetensors-file.ts";
import { bounded } from "../../test/fuzz/bounded.ts";
import { tokenizerFromGguf } from "../data/text/gguf-tokenizer.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { castTensor, toNumbers } from "../tensor/tensor.ts";
import { readGguf } from "./gguf/read.ts";
import { readTensor } from "./gguf/tensors.ts";
import { readSafetensors } from "./safetensors/read.ts";
import { memorySource } from "./source.ts";

/** An array of `count` texts of `length` bytes; an array of arrays where the type is 9, each empty. */
function manyElements(type: 8 | 9, count: number, length: number): Uint8Array {
  const head = ggufFile({
    metadata: [
      ["tokenizer.ggml.model", [8, "gpt2"]],
      ["tokenizer.ggml.tokens", [9, [type, []]]],
    ],
  });
  const size = type === 8 ? 8 + length : 12;
  const file = Buffer.alloc(head.length + count * size);
  file.set(head);
  file.writeBigUInt64LE(BigInt(count), head.length - 8);
  if (length > 0) {
    for (let i = 0; i < count; i++)
      writeText(file, head.length + i * size, i.toString(36).padStart(length, "a").slice(-length));
  }
  return new Uint8Array(file.buffer, file.byteOffset, file.length);
}

function writeText(file: Buffer, at: number, text: string): void {
  file.writeUInt32LE(text.length, at);
  file.write(text, at + 8);
}

const header = (text: string): Uint8Array => safetensorsFile(text, new Uint8Array(1));
const list = (count: number, each: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => each(i)).join();
const one = '"dtype":"U8","shape":[1],"data_offsets":[0,1]';
const readG = (bytes: Uint8Array) => readGguf(memorySource("m.gguf", bytes));
const readS = (bytes: Uint8Array) => readSafetensors(memorySource("m.safetensors", bytes));
const tokenizer = (bytes: Uint8Array) => tokenizerFromGguf(readG(bytes).metadata);

const cases: readonly (readonly [
  name: string,
  bytes: Uint8Array,
  read: (bytes: Uint8Array) => unknown,
  refused: RegExp | undefined,
])[] = [
  ["60 MB of empty texts", manyElements(8, 7_900_000, 0), readG, /more than 4000000 texts/],
  ["four million texts", manyElements(8, 4_000_000, 4), readG, undefined],
  ["750,000 texts as a vocabulary", manyElements(8, 750_000, 8), tokenizer, /vocabulary has 750000 tokens/],
  ["more texts than any vocabulary has", manyElements(8, 2_000_000, 8), tokenizer, /2000000 elements/],
  ["half a million arrays in an array", manyElements(9, 500_000, 0), readG, undefined],
  ["five million arrays in an array", manyElements(9, 5_000_000, 0), readG, /more than 4000000 texts/],
  [
    "a hundred thousand tensors",
    ggufFile({
      tensors: Array.from({ length: 100_000 }, (_, i) => ({
        name: `t${i}`,
        type: 0,
        extents: [0],
        data: new Uint8Array(0),
      })),
    }),
    readG,
    undefined,
  ],
  [
    "more tensors than any model has",
    ggufFile({
      tensors: Array.from({ length: 100_001 }, (_, i) => ({
        name: `t${i}`,
        type: 0,
        extents: [0],
        data: new Uint8Array(0),
      })),
    }),
    readG,
    /has 100001 tensors; 100000 are the most/,
  ],
  [
    "more keys than any model has",
    ggufFile({ metadata: Array.from({ length: 10_001 }, (_, i) => [`k${i}`, [4, 1]] as const) }),
    readG,
    /has 10001 metadata keys; 10000 are the most/,
  ],
  [
    "a safetensors header of 22 MiB",
    header(`{${list(400_000, (i) => `"t${i}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`)}}`),
    readS,
    /header has \d+ bytes; 4194304 are the most/,
  ],
  [
    "4 MiB of tensors",
    safetensorsFile(`{${list(70_000, (i) => `"${i.toString(36)}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`)}}`),
    readS,
    undefined,
  ],
  [
    "4 MiB of metadata",
    header(`{"__metadata__":{${list(420_000, (i) => `"${i.toString(36)}":""`)}},"a":{${one}}}`),
    readS,
    undefined,
  ],
  ["4 MiB of escapes", header(`{"${"\\u0041".repeat(690_000)}":{${one}}}`), readS, undefined],
  [
    "4 MiB of extents",
    header(`{"a":{"dtype":"U8","shape":[${"1,".repeat(2_000_000)}1],"data_offsets":[0,1]}}`),
    readS,
    /too many parts/,
  ],
  ["4 MiB of objects", header(`{"a":[${"{},".repeat(1_350_000)}1]}`), readS, /too many parts/],
  ["4 MiB of white space", header(`{"a":{${one}}}${" ".repeat(4_000_000)}`), readS, undefined],
];

for (const [name, bytes, read, refused] of cases) {
  test(`${name}: ${refused ? "refused" : "read"} with bounded work and memory`, (t) => {
    const before = process.memoryUsage().rss;
    const took = bounded(name, () => {
      if (refused)
        assert.throws(
          () => read(bytes),
          (error: unknown) => error instanceof GlassboxError && refused.test(error.message),
        );
      else read(bytes);
    });
    const grown = (process.memoryUsage().rss - before) / 2 ** 20;
    t.diagnostic(`${took.toFixed(0)} ms, ${grown.toFixed(0)} MiB`);
    assert.ok(grown < 250);
  });
}

test("a tensor that takes more than the memory budget is refused before it is allocated", () => {
  const gguf = readG(ggufFile({ tensors: [{ name: "w", type: 0, extents: [64, 4], data: new Uint8Array(1024) }] }));
  assert.equal(readTensor(gguf, "w", 1024).data.length, 256);
  assert.throws(() => readTensor(gguf, "w", 1023), /"w" would take .* GB, more than .* Raise the memory budget/);
  const safetensors = readS(safetensorsOf({ w: { dtype: "F32", shape: [256], data: new Uint8Array(1024) } }));
  assert.equal(safetensors.readTensor("w", 1024).data.length, 256);
  assert.throws(() => safetensors.readTensor("w", 1023), /more than .* that may be used/);
});

test("half floats are widened to float32 without float64 between, to the same numbers", () => {
  const bits = Uint16Array.from({ length: 1 << 16 }, (_, i) => i);
  for (const dtype of ["float16", "bfloat16"] as const) {
    const half = { dtype, shape: [1 << 16], data: bits };
    assert.deepEqual(toNumbers(castTensor(half, "float32")), toNumbers(half));
  }
});
