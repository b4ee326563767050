import assert from "node:assert/strict";
import { test } from "node:test";
import { fuzzRuns, mutate } from "../../../test/fuzz/mutate.ts";
import type { DType } from "../../tensor/dtype.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { fromFloat64, toNumbers } from "../../tensor/tensor.ts";
import { memorySource } from "../source.ts";
import { readNpy, writeNpy } from "./npy.ts";

const encoder = new TextEncoder();

/** A .npy file as NumPy lays it out: the preamble, the dictionary padded to `length` bytes in all, the elements. */
function npy(preamble: string, dictionary: string, data: string, length = 128): Uint8Array<ArrayBuffer> {
  const head = Buffer.from(preamble, "hex");
  const text = Buffer.from(dictionary.padEnd(length - head.length - 1) + "\n");
  return new Uint8Array(Buffer.concat([head, text, Buffer.from(data, "hex")]));
}

const v1 = "934e554d505901007600";
const v2 = "934e554d5059020074000000";
const v3 = "934e554d5059030074000000";
const descr = (type: string, shape: string, fortran = "False"): string =>
  `{'descr': '${type}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`;
const read = (bytes: Uint8Array) => readNpy(memorySource("test.npy", bytes));

const halves = "0000003f0000803f0000c03f000000400000204000004040";

/** Bytes printed by numpy 2.4.6 (`numpy.lib.format.write_array`) for arrays that the name describes. */
const literals: Readonly<Record<string, { file: Uint8Array; dtype: DType; shape: number[]; values: number[] }>> = {
  "version 1": {
    file: npy(v1, descr("<f4", "(2, 3)"), halves),
    dtype: "float32",
    shape: [2, 3],
    values: [0.5, 1, 1.5, 2, 2.5, 3],
  },
  "version 2": {
    file: npy(v2, descr("<f4", "(2, 3)"), halves),
    dtype: "float32",
    shape: [2, 3],
    values: [0.5, 1, 1.5, 2, 2.5, 3],
  },
  "version 3": {
    file: npy(v3, descr("<f4", "(2, 3)"), halves),
    dtype: "float32",
    shape: [2, 3],
    values: [0.5, 1, 1.5, 2, 2.5, 3],
  },
  "column-major": {
    file: npy(
      v1,
      descr("<f8", "(2, 3, 4)", "True"),
      "000000000000000000000000000028400000000000001040000000000000304000000000000020400000000000003440000000000000f03f" +
        "0000000000002a40000000000000144000000000000031400000000000002240000000000000354000000000000000400000000000002c40" +
        "000000000000184000000000000032400000000000002440000000000000364000000000000008400000000000002e40" +
        "0000000000001c40000000000000334000000000000026400000000000003740",
    ),
    dtype: "float64",
    shape: [2, 3, 4],
    values: Array.from({ length: 24 }, (_, i) => i),
  },
  "big-endian": {
    file: npy(v1, descr(">i4", "(2, 3)"), "fffff830fffffc1800000000000003e8000007d000000bb8"),
    dtype: "int32",
    shape: [2, 3],
    values: [-2000, -1000, 0, 1000, 2000, 3000],
  },
  "big-endian and column-major": {
    file: npy(v1, descr(">u2", "(2, 3)", "True"), "010104040202050503030606"),
    dtype: "uint16",
    shape: [2, 3],
    values: [257, 514, 771, 1028, 1285, 1542],
  },
  float16: {
    file: npy(v1, descr("<f2", "(5,)"), "003e00c0ff7b0100007c"),
    dtype: "float16",
    shape: [5],
    values: [1.5, -2, 65504, 2 ** -24, Infinity],
  },
  bool: { file: npy(v1, descr("|b1", "(2, 2)"), "01000001"), dtype: "bool", shape: [2, 2], values: [1, 0, 0, 1] },
  int8: { file: npy(v1, descr("|i1", "(2,)"), "807f"), dtype: "int8", shape: [2], values: [-128, 127] },
  scalar: { file: npy(v1, descr("<f8", "()"), "0000000000000a40"), dtype: "float64", shape: [], values: [3.25] },
  empty: { file: npy(v1, descr("<f4", "(0, 3)"), ""), dtype: "float32", shape: [0, 3], values: [] },
};

for (const [name, { file, dtype, shape, values }] of Object.entries(literals)) {
  test(`an array that NumPy wrote is read: ${name}`, () => {
    const found = read(file);
    assert.deepEqual({ dtype: found.dtype, shape: found.shape, values: toNumbers(found) }, { dtype, shape, values });
  });
}

test("64-bit integers keep every bit", () => {
  assert.deepEqual(
    [...read(npy(v1, descr("<i8", "(2,)"), "0100000000000040ffffffffffffffff")).data],
    [2n ** 62n + 1n, -1n],
  );
  assert.deepEqual([...read(npy(v1, descr("<u8", "(1,)"), "ffffffffffffffff")).data], [2n ** 64n - 1n]);
});

test("what is written is, byte for byte, what NumPy writes", () => {
  for (const name of ["version 1", "float16", "bool", "int8", "scalar", "empty"]) {
    const { file } = literals[name]!;
    assert.deepEqual(writeNpy(read(file)), file, name);
  }
});

test("a row-major copy of what was read is written and read back", () => {
  for (const { file } of Object.values(literals)) assert.deepEqual(read(writeNpy(read(file))), read(file));
});

test("bfloat16, which NumPy has not, is refused by name", () => {
  assert.throws(
    () => writeNpy(fromFloat64("bfloat16", [1], [1])),
    (error) => error instanceof GlassboxError && /bfloat16/.test(error.what),
  );
});

const refused: Readonly<Record<string, readonly [file: Uint8Array, why: RegExp]>> = {
  text: [npy(v1, descr("<U2", "(2,)"), "61000000620000006300000000000000"), /text/],
  "byte strings": [npy(v1, descr("|S2", "(1,)"), "6162"), /byte strings/],
  "complex numbers": [npy(v1, descr("<c8", "(1,)"), "000000000000803f"), /complex/],
  dates: [npy(v1, descr("<M8[D]", "(1,)"), "5647000000000000"), /dates/],
  records: [
    npy(v1, "{'descr': [('a', '<i4'), ('b', '<f4')], 'fortran_order': False, 'shape': (1,), }", "0100000000000040"),
    /records/,
  ],
  "Python objects": [npy(v1, descr("|O", "(2,)"), "8004958d000000000000008c"), /pickle/],
  "long doubles": [npy(v1, descr("<f16", "(1,)"), "00".repeat(16)), /width/],
};

for (const [name, [file, why]] of Object.entries(refused)) {
  test(`an array of ${name} is refused by name`, () => {
    assert.throws(
      () => read(file),
      (error) => error instanceof GlassboxError && error.kind === "unsupported" && why.test(error.what),
    );
  });
}

const hostile: Readonly<Record<string, Uint8Array>> = {
  "no bytes": new Uint8Array(0),
  "the magic number alone": npy(v1, "", "").slice(0, 6),
  "another magic number": npy("924e554d505901007600", descr("<f4", "(1,)"), "00000000"),
  "version 4": npy("934e554d505904007600", descr("<f4", "(1,)"), "00000000"),
  "version 1.1": npy("934e554d505901017600", descr("<f4", "(1,)"), "00000000"),
  "a header of 4 GB": npy("934e554d50590200ffffffff", descr("<f4", "(1,)"), "00000000"),
  "a header past the end": npy("934e554d50590100ffff", descr("<f4", "(1,)"), "00000000"),
  "a header that is not UTF-8": npy(v3, "\u00e9", "").with(12, 0xff),
  "code for a header": npy(v1, "__import__('os').system('true')", ""),
  "a call in the shape": npy(v1, descr("<f4", "(len('a'),)"), "00000000"),
  "a key twice": npy(v1, "{'descr': '<f4', 'descr': '<f8', 'fortran_order': False, 'shape': (), }", "0000000000000000"),
  "a key too many": npy(v1, "{'descr': '<f4', 'fortran_order': False, 'shape': (), 'more': 1, }", "00000000"),
  "a key too few": npy(v1, "{'descr': '<f4', 'shape': (1,), }", "00000000"),
  "text after the dictionary": npy(v1, `${descr("<f4", "(1,)")} 0`, "00000000"),
  "a dictionary that does not end": npy(v1, "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), ", "00000000"),
  "a negative extent": npy(v1, descr("<f4", "(-1,)"), ""),
  "an extent beyond integers": npy(v1, descr("<f4", "(9007199254740993,)"), ""),
  "a product beyond integers": npy(v1, descr("<f4", "(4294967296, 4294967296)"), ""),
  "an array of terabytes": npy(v1, descr("<f4", "(1000000000000,)"), "00000000"),
  "too few elements": npy(v1, descr("<f4", "(2,)"), "00000000"),
  "too many elements": npy(v1, descr("<f4", "(1,)"), "0000000000000000"),
  "a type with an escape": npy(v1, "{'descr': '<\\x664', 'fortran_order': False, 'shape': (1,), }", "00000000"),
  "an empty type": npy(v1, descr("", "(1,)"), "00000000"),
  "seventy dimensions": npy("934e554d50590100f601", descr("<f4", `(${"1, ".repeat(70)})`), "00000000", 512),
};

for (const [name, file] of Object.entries(hostile)) {
  test(`a hostile array is refused: ${name}`, () => {
    assert.throws(
      () => read(file),
      (error) => error instanceof GlassboxError && /test\.npy/.test(error.where ?? ""),
    );
  });
}

test("a damaged array is read or refused, never anything else", () => {
  const files = Object.values(literals).map(({ file }) => file);
  for (let seed = 0; seed < fuzzRuns(2000); seed++) {
    try {
      read(mutate(files[seed % files.length]!, seed));
    } catch (error) {
      assert.ok(error instanceof GlassboxError, `seed ${seed}: ${String(error)}`);
    }
  }
});

test("the header is text that other readers accept: its length field is its length", () => {
  const bytes = writeNpy(fromFloat64("int64", [3, 1], [1, 2, 3]));
  assert.equal(bytes.length, 128 + 24);
  assert.deepEqual(bytes.slice(10, 10 + 10), encoder.encode("{'descr': "));
  assert.equal(bytes[8]! + 256 * bytes[9]!, 118);
});
