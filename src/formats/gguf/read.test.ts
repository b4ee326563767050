import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import path from "node:path";
import { test } from "node:test";
import written from "../../../test/oracles/weight-files.json" with { type: "json" };
import { ggufFile, type GgufFile, type GgufTensorSpec, type GgufTyped } from "../../../test/files/gguf-file.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { toNumbers } from "../../tensor/tensor.ts";
import { memorySource } from "../source.ts";
import { openGguf, readGguf } from "./read.ts";
import { sniffGguf } from "./sniff.ts";
import { readTensor } from "./tensors.ts";

const read = (bytes: Uint8Array) => readGguf(memorySource("m.gguf", bytes));
const floats = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
const matrix: GgufTensorSpec = { name: "w", type: 0, extents: [3, 2], data: floats(1, 2, 3, 4, 5, 6) };
const refuses = (bytes: Uint8Array, message: RegExp): void =>
  assert.throws(
    () => read(bytes),
    (error: unknown) => error instanceof GlassboxError && message.test(error.message),
    `expected ${message}`,
  );

for (const version of [1, 2, 3]) {
  test(`version ${version}: metadata and tensors, extents turned row-major`, () => {
    const model = read(
      ggufFile({
        version,
        metadata: [["general.architecture", [8, "llama"]]],
        tensors: [matrix, { ...matrix, name: "v", extents: [6] }],
      }),
    );
    assert.equal(model.version, version);
    assert.equal(model.metadata.string("general.architecture"), "llama");
    assert.deepEqual(readTensor(model, "w"), {
      dtype: "float32",
      shape: [2, 3],
      data: Float32Array.of(1, 2, 3, 4, 5, 6),
    });
    assert.deepEqual(model.tensors.get("v")!.shape, [6]);
    assert.deepEqual(toNumbers(readTensor(model, "v")), [1, 2, 3, 4, 5, 6]);
  });
}

test("all thirteen value types, 64-bit integers exactly", () => {
  const values: Record<string, GgufTyped> = {
    uint8: [0, 255],
    int8: [1, -128],
    uint16: [2, 65535],
    int16: [3, -32768],
    uint32: [4, 4294967295],
    int32: [5, -2147483648],
    float32: [6, 0.5],
    bool: [7, true],
    string: [8, "grüß"],
    array: [9, [4, [1, 2, 3]]],
    uint64: [10, 2n ** 64n - 1n],
    int64: [11, -(2n ** 63n)],
    float64: [12, Math.PI],
    small64: [10, 42],
  };
  const { metadata } = read(ggufFile({ metadata: Object.entries(values) }));
  for (const [key, [type, value]] of Object.entries(values))
    if (type !== 9) assert.equal(metadata.values.get(key), value, key);
  assert.deepEqual(metadata.numbers("array"), [1, 2, 3]);
  assert.equal(metadata.number("absent"), undefined);
  assert.throws(() => metadata.string("uint8"), /should be a text/);
  assert.throws(() => metadata.number("uint64"), /should be a number below/);
  assert.throws(() => metadata.strings("array"), /array of texts/);
  assert.throws(() => metadata.numbers("string"), /array of numbers/);
});

test("arrays are found, skipped, and read when asked for: texts, numbers, and arrays of arrays", () => {
  const long = Array.from({ length: 3000 }, (_, i) => `token ${i} ${"x".repeat(i % 700)}`);
  const { metadata } = read(
    ggufFile({
      metadata: [
        ["texts", [9, [8, long]]],
        [
          "nested",
          [
            9,
            [
              9,
              [
                [8, ["a", "b"]],
                [5, [-1, 2]],
              ],
            ],
          ],
        ],
        ["empty", [9, [9, []]]],
        ["after", [4, 7]],
      ],
    }),
  );
  assert.deepEqual(metadata.strings("texts"), long);
  assert.equal(metadata.number("after"), 7);
  assert.throws(() => metadata.numbers("nested"), /not of array/);
});

test("an array is not turned into values beyond any vocabulary's size", () => {
  const file = ggufFile({ metadata: [["bytes", [9, [0, []]]]] });
  const bytes = new Uint8Array(file.length + 8_000_001);
  bytes.set(file);
  new DataView(bytes.buffer).setBigUint64(file.length - 8, 8_000_001n, true);
  assert.throws(() => read(bytes).metadata.numbers("bytes"), /8000001 elements/);
});

test("an alignment of its own moves the data", () => {
  const model = read(
    ggufFile({
      alignment: 256,
      metadata: [["general.alignment", [4, 256]]],
      tensors: [matrix, { ...matrix, name: "v" }],
    }),
  );
  assert.equal(model.tensors.get("v")!.offset - model.tensors.get("w")!.offset, 256);
  assert.deepEqual(toNumbers(readTensor(model, "v")), [1, 2, 3, 4, 5, 6]);
});

test("scalars, empty tensors and files without tensors are fine", () => {
  const model = read(
    ggufFile({
      tensors: [
        { name: "s", type: 0, extents: [], data: floats(7) },
        { name: "e", type: 0, extents: [0, 5], data: floats() },
      ],
    }),
  );
  assert.deepEqual(toNumbers(readTensor(model, "s")), [7]);
  assert.deepEqual(readTensor(model, "e").shape, [5, 0]);
  assert.equal(read(ggufFile({})).tensors.size, 0);
});

test("a type that cannot be widened is listed, and refused by name when read", () => {
  const model = read(ggufFile({ tensors: [{ name: "q", type: 23, extents: [256], data: new Uint8Array(136) }] }));
  assert.equal(model.tensors.get("q")!.type.name, "IQ4_XS");
  assert.throws(() => readTensor(model, "q"), /stored as IQ4_XS/);
  assert.throws(() => readTensor(model, "nothing"), /no tensor "nothing"/);
});

test("a big-endian file is recognised as such", () => {
  const bytes = ggufFile({});
  bytes.set([0, 0, 0, 3], 4);
  refuses(bytes, /big-endian/);
});

const withMetadata = (key: string, value: GgufTyped): GgufFile => ({ metadata: [[key, value]] });
const withTensor = (changed: Partial<GgufTensorSpec>): GgufFile => ({ tensors: [{ ...matrix, ...changed }] });
const huge = 2n ** 64n - 1n;
const hostile: readonly (readonly [name: string, file: GgufFile, message: RegExp])[] = [
  ["no known version", { version: 4 }, /version 4/],
  ["version 0", { version: 0 }, /version 0/],
  ["more tensors than fit", { tensorCount: 1000 }, /claims 1000 tensors/],
  ["2⁶⁴ − 1 tensors", { tensorCount: huge }, /claims 18446744073709551615 tensors/],
  ["2⁵³ tensors", { tensorCount: 2n ** 53n }, /tensors, more than/],
  ["more keys than fit", { keyCount: 1000 }, /claims 1000 metadata keys/],
  ["2⁶⁴ − 1 keys", { keyCount: huge }, /metadata keys, more than/],
  [
    "a key twice",
    {
      metadata: [
        ["a", [4, 1]],
        ["a", [4, 2]],
      ],
    },
    /occurs twice/,
  ],
  ["an undefined value type", withMetadata("a", [13, 0]), /value type 13/],
  ["a boolean of 2", withMetadata("a", [7, 2]), /boolean/],
  ["arrays nested five deep", withMetadata("a", [9, [9, [[9, [[9, [[9, [[9, [[4, [1]]]]]]]]]]]]]), /4 deep/],
  ["an array of undefined type", withMetadata("a", [9, [99, []]]), /value type 99/],
  ["an alignment of 0", withMetadata("general.alignment", [4, 0]), /alignment/],
  ["an alignment of 48", withMetadata("general.alignment", [4, 48]), /alignment/],
  ["an alignment of 2³¹", withMetadata("general.alignment", [4, 2 ** 31]), /alignment/],
  ["an alignment of −32", withMetadata("general.alignment", [5, -32]), /alignment/],
  ["an alignment that is text", withMetadata("general.alignment", [8, "32"]), /general.alignment/],
  ["a part of a split model", withMetadata("split.count", [2, 3]), /3 parts/],
  ["five axes", withTensor({ extents: [1, 1, 1, 1, 1] }), /5 axes/],
  ["an extent of 2⁶⁴ − 1", withTensor({ extents: [huge] }), /extent of 18446744073709551615/],
  [
    "extents whose product overflows 64 bits",
    withTensor({ extents: [2 ** 32, 2 ** 32, 2 ** 32, 2 ** 32] }),
    /larger than the file/,
  ],
  ["extents whose product overflows 53 bits", withTensor({ extents: [2 ** 30, 2 ** 30] }), /larger than the file/],
  ["more elements than the file has", withTensor({ extents: [300, 2] }), /larger than the file/],
  ["elements that end beyond the file", withTensor({ extents: [7] }), /ends at/],
  ["an unknown element type", withTensor({ type: 4 }), /element type 4/],
  ["an element type of 2³² − 1", withTensor({ type: 0xffffffff }), /element type 4294967295/],
  ["rows that are no whole blocks", withTensor({ type: 2, extents: [33] }), /33 elements, not a multiple of 32/],
  ["an unaligned offset", withTensor({ offset: 4 }), /not aligned/],
  ["an offset beyond the file", withTensor({ offset: 2n ** 40n }), /beyond the end/],
  ["an offset of 2⁶⁴ − 32", withTensor({ offset: 2n ** 64n - 32n }), /beyond the end/],
  ["a name twice", { tensors: [matrix, matrix] }, /occurs twice/],
  ["tensors that overlap", { tensors: [matrix, { ...matrix, name: "v", offset: 0 }] }, /overlap/],
  [
    "tensors that partly overlap",
    {
      tensors: [
        { ...matrix, extents: [12], data: floats(...new Array<number>(12).fill(0)) },
        { ...matrix, name: "v", offset: 32 },
      ],
    },
    /overlap/,
  ],
];
for (const [name, file, message] of hostile)
  test(`refused with a sentence: ${name}`, () => refuses(ggufFile(file), message));

/** Overwrites the 64-bit little-endian number that first occurs as `value` after `from`. */
function lie(bytes: Uint8Array, value: bigint, lie: bigint, from = 24): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let at = from; at + 8 <= bytes.length; at++) {
    if (view.getBigUint64(at, true) !== value) continue;
    view.setBigUint64(at, lie, true);
    return bytes;
  }
  throw new Error("there is nothing to overwrite");
}

test("lengths of keys, texts and arrays are lies until checked", () => {
  for (const length of [huge, 2n ** 63n, 2n ** 53n, 2n ** 32n, 2n ** 31n, 10_000n]) {
    refuses(lie(ggufFile(withMetadata("seventeen letters", [4, 1])), 17n, length), /text of .* (claims|needs)/);
    refuses(lie(ggufFile(withMetadata("a", [8, "seventeen letters"])), 17n, length), /text of .* (claims|needs)/);
    refuses(
      lie(ggufFile(withMetadata("a", [9, [4, new Array<number>(17).fill(0)]])), 17n, length),
      /elements, more than/,
    );
    refuses(
      lie(ggufFile(withMetadata("a", [9, [8, new Array<string>(17).fill("")]])), 17n, length),
      /elements, more than/,
    );
    refuses(
      lie(ggufFile(withMetadata("a", [9, [9, Array.from({ length: 17 }, () => [4, []])]])), 17n, length),
      /elements, more than|needs/,
    );
    refuses(lie(ggufFile(withTensor({ name: "seventeen letters" })), 17n, length), /text of .* (claims|needs)/);
  }
});

test("a file that is not GGUF is refused, and not sniffed", () => {
  for (const text of ["", "G", "GGU", "GGML", "gguf0000", "PK\u0003\u0004"]) {
    const source = memorySource("x", Buffer.from(text));
    assert.equal(sniffGguf(source), false);
    assert.throws(() => readGguf(source), /not a GGUF file/);
  }
});

test("a file written by the Python package gguf is read to the same metadata and bits", () => {
  const model = openGguf(path.join(process.env["GLASSBOX_ROOT"] ?? ".", "test/oracles/weight-files.gguf"));
  const { metadata } = model;
  assert.equal(model.alignment, 64);
  assert.equal(metadata.string("general.architecture"), "llama");
  assert.equal(metadata.number("llama.block_count"), 2);
  assert.equal(metadata.number("llama.rope.freq_base"), 10000.5);
  assert.equal(metadata.boolean("test.flag"), true);
  assert.equal(metadata.values.get("test.large"), 2n ** 63n + 1n);
  assert.equal(metadata.number("test.negative"), -(2 ** 40));
  assert.equal(metadata.number("test.double"), 0.1);
  assert.equal(metadata.string("test.text"), "naïve 日本 🙂");
  assert.deepEqual(metadata.strings("test.texts"), ["a", "", "ü"]);
  assert.deepEqual(metadata.numbers("test.numbers"), [1, -2, 3]);
  assert.deepEqual(
    [...model.tensors.keys()],
    written.gguf.map(({ name }) => name),
  );
  for (const { name, type, shape, float32 } of written.gguf) {
    const { data, ...value } = readTensor(model, name);
    assert.equal(model.tensors.get(name)!.type.name, type);
    assert.deepEqual(value, { dtype: "float32", shape });
    assert.equal(createHash("sha256").update(new Uint8Array(data.buffer)).digest("hex"), float32, name);
  }
  model.source.close();
});
