import assert from "node:assert/strict";
import { test } from "node:test";
import { zipSync } from "fflate";
import { bounded } from "../../../test/fuzz/bounded.ts";
import { fuzzRuns, mutate } from "../../../test/fuzz/mutate.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { float32, fromFloat64, toNumbers, type Tensor } from "../../tensor/tensor.ts";
import { identify } from "../kind.ts";
import { memorySource } from "../source.ts";
import { openNpz, readNpz, writeNpz } from "./npz.ts";
import { writeNpy } from "./npy.ts";

/** numpy 2.4.6: savez_compressed(x=arange(6, dtype="<f4").reshape(2, 3), y=array([7, -7], "<i2")). It uses ZIP64 fields throughout. */
const compressed = Buffer.from(
  "504b03042d0000000800000021004fe9002affffffffffffffff05001400782e6e707901001000980000000000000055000000000000009bec17ea1b10c9c850" +
    "c650ad9e925a9c5ca46ea5a06e9366a2aea3a09e965f54529498179f5f94920a12774bcc294e058a17672416a402f91a463a0ac69a3a0ab50a64032e063068b0" +
    "07120e4004c40d40bcc00100504b03042d000000080000002100babaa4c5ffffffffffffffff05001400792e6e70790100100084000000000000004800000000" +
    "0000009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5a06e9369a4aea3a09e965f54529498179f5f94920a12774bcc294e058a17672416a402f91a463a9a3a" +
    "0ab50a14002e76869fff01504b01022d032d0000000800000021004fe9002a5500000098000000050000000000000000000000800100000000782e6e7079504b" +
    "01022d032d000000080000002100babaa4c5480000008400000005000000000000000000000080018c000000792e6e7079504b05060000000002000200660000" +
    "000b0100000000",
  "hex",
);

const source = (bytes: Uint8Array) => memorySource("test.npz", bytes);
const tensors: ReadonlyMap<string, Tensor> = new Map([
  ["layer/weight", float32([2, 2], [1, 2, 3, 4])],
  ["__proto__", fromFloat64("int64", [1], [5])],
  ["empty", float32([0], [])],
]);

test("an archive that NumPy wrote is read", () => {
  assert.equal(identify(source(compressed)).id, "npz");
  const { x, y } = Object.fromEntries(readNpz(source(compressed)));
  assert.deepEqual([x!.dtype, x!.shape, toNumbers(x!)], ["float32", [2, 3], [0, 1, 2, 3, 4, 5]]);
  assert.deepEqual([y!.dtype, y!.shape, toNumbers(y!)], ["int16", [2], [7, -7]]);
});

for (const compress of [false, true]) {
  test(`what is written is read back, and the same tensors give the same bytes${compress ? ", compressed" : ""}`, () => {
    const bytes = writeNpz(tensors, { compress });
    assert.deepEqual([...readNpz(source(bytes))], [...tensors]);
    assert.deepEqual(writeNpz(tensors, { compress }), bytes);
  });
}

test("arrays are read one by one, and an unknown name is told apart from a damaged file", () => {
  const archive = openNpz(source(writeNpz(tensors)));
  assert.deepEqual(archive.names, ["layer/weight", "__proto__", "empty"]);
  assert.throws(
    () => archive.read("bias"),
    (error) => error instanceof GlassboxError && error.kind === "input" && /layer\/weight/.test(error.hint ?? ""),
  );
});

/** `bytes` with the 16- or 32-bit number at `offset` from the first `signature` replaced. */
function patched(bytes: Uint8Array, signature: number, offset: number, value: number, width: 2 | 4): Uint8Array {
  const out = new Uint8Array(bytes);
  const view = new DataView(out.buffer);
  for (let at = 0; at + 4 <= out.length; at++) {
    if (view.getUint32(at, true) !== signature) continue;
    if (width === 2) view.setUint16(at + offset, value, true);
    else view.setUint32(at + offset, value, true);
    return out;
  }
  throw new Error("the signature is not there");
}

const plain = writeNpz(new Map([["a", float32([4], [1, 2, 3, 4])]]));
const packed = writeNpz(new Map([["a", float32([4], [1, 2, 3, 4])]]), { compress: true });
const central = 0x02014b50;
const end = 0x06054b50;
const bomb = zipSync({ "a.npy": [new Uint8Array(1 << 22), { level: 9 }] });
const twice = zipSync({ "a.npy": writeNpy(float32([1], [1])), "b.npy": writeNpy(float32([1], [2])) });

const hostile: Readonly<Record<string, Uint8Array>> = {
  "no bytes": new Uint8Array(0),
  "cut off": plain.slice(0, -1),
  "more entries than bytes": patched(plain, end, 10, 60000, 2),
  "a directory before the file": patched(plain, end, 16, 0xfffffff0, 4),
  "a directory of 4 GB": patched(plain, end, 12, 0xfffffff0, 4),
  "a directory that is no directory": patched(plain, end, 16, 0, 4),
  "an entry past the end": patched(plain, central, 42, 0x7fffffff, 4),
  "an entry somewhere else": patched(plain, central, 42, 3, 4),
  "an encrypted entry": patched(plain, central, 8, 1, 2),
  "an unknown packing": patched(plain, central, 10, 99, 2),
  "a stored size that lies": patched(plain, central, 24, 1000, 4),
  "a packed size that lies": patched(packed, central, 20, 0x7fffffff, 4),
  "an unpacked size that lies upwards": patched(packed, central, 24, 0x7fffffff, 4),
  "a bomb that unpacks to more than it says": patched(bomb, central, 24, 16, 4),
  "a bomb that is no array": bomb,
  "two entries of one name": Buffer.from(Buffer.from(twice).toString("latin1").replaceAll("b.npy", "a.npy"), "latin1"),
};

for (const [name, bytes] of Object.entries(hostile)) {
  test(`a hostile archive is refused: ${name}`, () => {
    bounded(name, () =>
      assert.throws(
        () => readNpz(source(bytes)),
        (error) => error instanceof GlassboxError && /test\.npz/.test(error.where ?? ""),
      ),
    );
  });
}

test("a damaged archive is read or refused, never anything else, with bounded work", () => {
  const files = [plain, packed, twice, compressed];
  for (let seed = 0; seed < fuzzRuns(2000); seed++) {
    const damaged = source(mutate(files[seed % files.length]!, seed));
    bounded(`seed ${seed}`, () => {
      try {
        readNpz(damaged);
      } catch (error) {
        assert.ok(error instanceof GlassboxError, `seed ${seed}: ${String(error)}`);
      }
    });
  }
});

test("an entry whose bytes have changed is refused, stored or deflated, and whichever byte it is", () => {
  const values = float32(
    [64],
    Float32Array.from({ length: 64 }, (_, i) => Math.sin(i)),
  );
  for (const compress of [false, true]) {
    const whole = writeNpz(new Map([["x", values]]), { compress });
    const start = 30 + "x.npy".length;
    const directory = Buffer.from(whole).indexOf("PK\x01\x02", 0, "latin1");
    for (let at = start; at < directory; at += 5) {
      const changed = whole.slice();
      changed[at]! ^= 4;
      assert.throws(
        () => readNpz(memorySource("x.npz", changed)),
        (error) => error instanceof GlassboxError && /checksum does not fit|damaged|unpacks/.test(error.what),
        `byte ${at}`,
      );
    }
    const crc = whole.slice();
    crc[directory + 16]! ^= 1;
    assert.throws(() => readNpz(memorySource("x.npz", crc)), /checksum does not fit/);
  }
});
