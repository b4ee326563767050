import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import written from "../../../test/oracles/weight-files.json" with { type: "json" };
import { safetensorsFile, safetensorsOf } from "../../../test/files/safetensors-file.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { toNumbers } from "../../tensor/tensor.ts";
import { memorySource } from "../source.ts";
import { readSafetensors } from "./read.ts";
import { openSafetensors } from "./sharded.ts";
import { sniffSafetensors } from "./sniff.ts";

const bytesOf = (values: { buffer: ArrayBufferLike }): Uint8Array => new Uint8Array(values.buffer as ArrayBuffer);
const read = (bytes: Uint8Array) => readSafetensors(memorySource("m.safetensors", bytes));
const int32Header = (shape: string, offsets: string): string =>
  `{"test":{"dtype":"I32","shape":${shape},"data_offsets":${offsets}}}`;
const sixteen = new Uint8Array(16);

// The literal cases of the reference implementation (huggingface/safetensors, safetensors/src/tensor.rs), retyped.
const refused: readonly (readonly [name: string, bytes: Uint8Array, message: RegExp])[] = [
  [
    "a header longer than the limit",
    safetensorsFile(int32Header("[2,2]", "[0,16]"), sixteen, 0xffffff000000003cn),
    /header claims/,
  ],
  ["an empty file", new Uint8Array(0), /begins with 8 bytes/],
  ["a header longer than the file", safetensorsFile("", undefined, 60n), /but the file has 8/],
  ["a header that is not UTF-8", safetensorsFile(Uint8Array.of(0xff)), /not UTF-8/],
  ["a header that is not JSON", safetensorsFile("{"), /not valid JSON/],
  ["a header that is JSON but no object", safetensorsFile("[]"), /not a JSON object/],
  [
    "a shape that needs more bytes than are reserved",
    safetensorsFile(int32Header("[2,2]", "[0,4]"), sixteen),
    /needs 16 bytes, but 4/,
  ],
  [
    "a shape whose product overflows",
    safetensorsFile(int32Header("[2,18446744073709551614]", "[0,16]"), sixteen),
    /no valid shape/,
  ],
  [
    "a shape whose size in bytes overflows",
    safetensorsFile(int32Header("[2,9223372036854775807]", "[0,16]"), sixteen),
    /no valid shape/,
  ],
  [
    "a shape whose product leaves the exact integers",
    safetensorsFile(int32Header("[9007199254740991,4]", "[0,16]"), sixteen),
    /too large/,
  ],
  [
    "bytes after the last tensor",
    safetensorsFile(int32Header("[2,2]", "[0,16]"), new Uint8Array(20)),
    /4 bytes follow/,
  ],
  [
    "a file that ends before its last tensor does",
    safetensorsFile(int32Header("[2,2]", "[0,16]"), new Uint8Array(2)),
    /need \d+ bytes/,
  ],
  [
    "many tensors over the same bytes",
    safetensorsFile(
      `{${Array.from({ length: 10 }, (_, i) => `"weight_${i}":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}`).join()}}`,
      sixteen,
    ),
    /overlaps/,
  ],
  [
    "a hole before a tensor",
    safetensorsFile(
      '{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[8,12]}}',
      new Uint8Array(12),
    ),
    /hole/,
  ],
  [
    "the same name twice",
    safetensorsFile(
      `{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}`,
      new Uint8Array(4),
    ),
    /occurs twice/,
  ],
  [
    "the same field twice",
    safetensorsFile('{"a":{"dtype":"U8","dtype":"I8","shape":[4],"data_offsets":[0,4]}}', new Uint8Array(4)),
    /occurs twice/,
  ],
  [
    "an unknown dtype",
    safetensorsFile('{"a":{"dtype":"F99","shape":[4],"data_offsets":[0,4]}}', new Uint8Array(4)),
    /unknown dtype "F99"/,
  ],
  [
    "a dtype that is no text",
    safetensorsFile('{"a":{"dtype":5,"shape":[4],"data_offsets":[0,4]}}', new Uint8Array(4)),
    /unknown dtype/,
  ],
  [
    "offsets in the wrong order",
    safetensorsFile('{"a":{"dtype":"U8","shape":[4],"data_offsets":[4,0]}}', new Uint8Array(4)),
    /data_offsets/,
  ],
  [
    "a negative offset",
    safetensorsFile('{"a":{"dtype":"U8","shape":[4],"data_offsets":[-4,0]}}', new Uint8Array(4)),
    /data_offsets/,
  ],
  [
    "three offsets",
    safetensorsFile('{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,2,4]}}', new Uint8Array(4)),
    /data_offsets/,
  ],
  [
    "a fractional extent",
    safetensorsFile('{"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,4]}}', new Uint8Array(4)),
    /no valid shape/,
  ],
  [
    "a negative extent",
    safetensorsFile('{"a":{"dtype":"U8","shape":[-4],"data_offsets":[0,4]}}', new Uint8Array(4)),
    /no valid shape/,
  ],
  ["metadata that is not text", safetensorsFile('{"__metadata__":{"a":1}}'), /__metadata__/],
  [
    "elements of 4 bits that do not fill their bytes",
    safetensorsFile('{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}', new Uint8Array(2)),
    /needs 1.5 bytes/,
  ],
  ["a deeply nested header", safetensorsFile("[".repeat(100_000)), /nested too deeply/],
];

for (const [name, bytes, message] of refused) {
  test(`refused with a sentence: ${name}`, () => {
    assert.throws(
      () => read(bytes),
      (error: unknown) => error instanceof GlassboxError && message.test(error.message),
    );
  });
}

test("a zero-sized tensor is a tensor", () => {
  const model = read(safetensorsFile(int32Header("[2,0]", "[0,0]")));
  assert.deepEqual(model.readTensor("test"), { dtype: "int32", shape: [2, 0], data: new Int32Array(0) });
});

test("white space before and after the header is padding", () => {
  for (const text of [`  \n${int32Header("[2,2]", "[0,16]")}`, `${int32Header("[2,2]", "[0,16]")}    `]) {
    const bytes = safetensorsFile(text, sixteen);
    assert.ok(sniffSafetensors(memorySource("x", bytes)));
    assert.deepEqual(toNumbers(read(bytes).readTensor("test")), [0, 0, 0, 0]);
  }
});

test("every storage type arrives byte for byte, in any order and at any alignment", () => {
  const file = safetensorsOf(
    {
      odd: { dtype: "U8", shape: [3], data: Uint8Array.of(1, 2, 255) },
      single: { dtype: "F32", shape: [2, 1], data: bytesOf(Float32Array.of(0.1, -Infinity)) },
      double: { dtype: "F64", shape: [], data: bytesOf(Float64Array.of(Math.PI)) },
      half: { dtype: "F16", shape: [2], data: bytesOf(Uint16Array.of(0x3c00, 0x7bff)) },
      brain: { dtype: "BF16", shape: [2], data: bytesOf(Uint16Array.of(0x3f80, 0xbf80)) },
      long: { dtype: "I64", shape: [1], data: bytesOf(BigInt64Array.of(-(2n ** 63n))) },
      flags: { dtype: "BOOL", shape: [2], data: Uint8Array.of(1, 0) },
      __proto__x: { dtype: "I16", shape: [1], data: bytesOf(Int16Array.of(-7)) },
    },
    { format: "pt" },
  );
  const model = read(file);
  assert.equal(model.metadata.get("format"), "pt");
  assert.deepEqual(toNumbers(model.readTensor("single")), [Math.fround(0.1), -Infinity]);
  assert.deepEqual(toNumbers(model.readTensor("double")), [Math.PI]);
  assert.deepEqual(toNumbers(model.readTensor("half")), [1, 65504]);
  assert.deepEqual(toNumbers(model.readTensor("brain")), [1, -1]);
  assert.deepEqual(model.readTensor("long").data, BigInt64Array.of(-(2n ** 63n)));
  assert.deepEqual(toNumbers(model.readTensor("flags")), [1, 0]);
  assert.deepEqual(toNumbers(model.readTensor("odd")), [1, 2, 255]);
  assert.throws(() => model.readTensor("absent"), /no tensor "absent"/);
});

test("a tensor may be called __proto__", () => {
  const model = read(
    safetensorsFile('{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', Uint8Array.of(9)),
  );
  assert.deepEqual(toNumbers(model.readTensor("__proto__")), [9]);
  assert.equal(({} as Record<string, unknown>)["dtype"], undefined);
});

test("float8 is shown, and refused by name when read", () => {
  const model = read(safetensorsFile('{"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}', new Uint8Array(4)));
  assert.deepEqual(model.tensors.get("a")!.shape, [4]);
  assert.throws(() => model.readTensor("a"), /stored as F8_E4M3/);
});

test("shards are one model; names in the index stay in the folder", (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-shards-"));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const write = (name: string, bytes: Uint8Array | string): void => fs.writeFileSync(path.join(folder, name), bytes);
  const one = (value: number): Uint8Array => bytesOf(Float32Array.of(value));
  write("first.safetensors", safetensorsOf({ a: { dtype: "F32", shape: [1], data: one(1) } }));
  write("second.safetensors", safetensorsOf({ b: { dtype: "F32", shape: [1], data: one(2) } }));
  const index = (map: object): void =>
    write("model.safetensors.index.json", JSON.stringify({ metadata: { total_size: 8 }, weight_map: map }));
  index({ a: "first.safetensors", b: "second.safetensors" });
  const model = openSafetensors(folder);
  assert.deepEqual([...model.tensors.keys()], ["a", "b"]);
  assert.deepEqual(toNumbers(model.readTensor("b")), [2]);
  model.close();

  const byShard = openSafetensors(path.join(folder, "second.safetensors"));
  assert.deepEqual([...byShard.tensors.keys()], ["a", "b"], "one shard opens them all");
  byShard.close();
  write("apart.safetensors", safetensorsOf({ c: { dtype: "F32", shape: [1], data: one(3) } }));
  const apart = openSafetensors(path.join(folder, "apart.safetensors"));
  assert.deepEqual([...apart.tensors.keys()], ["c"], "the index does not name it");
  apart.close();

  fs.mkdirSync(path.join(folder, "inner"));
  fs.symlinkSync(path.join(folder, "first.safetensors"), path.join(folder, "inner", "link.safetensors"));
  for (const name of [
    "../x.safetensors",
    "/etc/passwd",
    "inner/../first.safetensors",
    "..",
    ".",
    "",
    "C:\\x",
    "a\0b",
  ]) {
    index({ a: name });
    assert.throws(() => openSafetensors(folder), /not a plain file name/, name);
  }
  index({ a: "absent.safetensors" });
  assert.throws(() => openSafetensors(folder), /is missing/);
  index({ b: "first.safetensors" });
  assert.throws(() => openSafetensors(folder), /should be in first/);
  write("model.safetensors.index.json", '{"weight_map":{"a":"first.safetensors","a":"second.safetensors"}}');
  assert.throws(() => openSafetensors(folder), /occurs twice/);
  fs.writeFileSync(
    path.join(folder, "inner", "model.safetensors.index.json"),
    JSON.stringify({ weight_map: { a: "link.safetensors" } }),
  );
  assert.throws(() => openSafetensors(path.join(folder, "inner")), /leaves the model's folder/);
});

test("a Hugging Face cache keeps its shards as links to blobs, which are followed", (t) => {
  const cache = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-cache-"));
  t.after(() => fs.rmSync(cache, { recursive: true }));
  const snapshot = path.join(cache, "snapshots", "1234");
  fs.mkdirSync(snapshot, { recursive: true });
  fs.mkdirSync(path.join(cache, "blobs"));
  fs.writeFileSync(
    path.join(cache, "blobs", "abcd"),
    safetensorsOf({ a: { dtype: "F32", shape: [1], data: bytesOf(Float32Array.of(3)) } }),
  );
  fs.symlinkSync("../../blobs/abcd", path.join(snapshot, "shard.safetensors"));
  fs.writeFileSync(
    path.join(snapshot, "model.safetensors.index.json"),
    JSON.stringify({ weight_map: { a: "shard.safetensors" } }),
  );
  const model = openSafetensors(snapshot);
  assert.deepEqual(toNumbers(model.readTensor("a")), [3]);
  model.close();
});

for (const { folder, tensors, sha256 } of written.safetensors) {
  test(`${folder}, written by transformers, holds what the Python package safetensors finds in it`, () => {
    const model = openSafetensors(path.join(process.env["GLASSBOX_ROOT"] ?? ".", "test/oracles/tiny", folder));
    assert.equal(model.tensors.size, tensors);
    const hash = createHash("sha256");
    for (const name of [...model.tensors.keys()].sort()) {
      const { dtype, shape, data } = model.readTensor(name);
      const digest = createHash("sha256").update(bytesOf(data)).digest("hex");
      hash.update(`${name} ${dtype} [${shape.join(",")}] ${digest}\n`);
    }
    assert.equal(hash.digest("hex"), sha256);
    model.close();
  });
}
