import { kQuants } from "./k-quants.ts";
import { float16At } from "../../tensor/half-values.ts";

/**
 * `count` blocks from `bytes` at `at`, written to `out` from `to`. Every product below is exact in float64 (a float16 scale has 11
 * significant bits, its factors at most 19 more), and so is the sum with a minimum; storing rounds once, to float32. ggml's
 * reference in float32 arithmetic rounds at the same single place, so the results are equal bit by bit.
 */
export type Dequantizer = (bytes: Uint8Array, at: number, count: number, out: Float32Array, to: number) => void;

/** Undefined for a type that is not supported; the reader then names it in the refusal. */
export const dequantizerOf = (type: string): Dequantizer | undefined => dequantizers.get(type);

const q40: Dequantizer = (bytes, at, count, out, to) => {
  for (let block = 0; block < count; block++, at += 18, to += 32) {
    const scale = float16At(bytes, at);
    for (let i = 0; i < 16; i++) {
      const pair = bytes[at + 2 + i]!;
      out[to + i] = ((pair & 15) - 8) * scale;
      out[to + i + 16] = ((pair >> 4) - 8) * scale;
    }
  }
};

const q41: Dequantizer = (bytes, at, count, out, to) => {
  for (let block = 0; block < count; block++, at += 20, to += 32) {
    const scale = float16At(bytes, at);
    const minimum = float16At(bytes, at + 2);
    for (let i = 0; i < 16; i++) {
      const pair = bytes[at + 4 + i]!;
      out[to + i] = (pair & 15) * scale + minimum;
      out[to + i + 16] = (pair >> 4) * scale + minimum;
    }
  }
};

/** The fifth bits of 32 elements lie together in a 32-bit word, element i at bit i. */
const wordAt = (bytes: Uint8Array, at: number): number =>
  bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);

const q50: Dequantizer = (bytes, at, count, out, to) => {
  for (let block = 0; block < count; block++, at += 22, to += 32) {
    const scale = float16At(bytes, at);
    const high = wordAt(bytes, at + 2);
    for (let i = 0; i < 16; i++) {
      const pair = bytes[at + 6 + i]!;
      out[to + i] = (((pair & 15) | (((high >>> i) & 1) << 4)) - 16) * scale;
      out[to + i + 16] = (((pair >> 4) | (((high >>> (i + 16)) & 1) << 4)) - 16) * scale;
    }
  }
};

const q51: Dequantizer = (bytes, at, count, out, to) => {
  for (let block = 0; block < count; block++, at += 24, to += 32) {
    const scale = float16At(bytes, at);
    const minimum = float16At(bytes, at + 2);
    const high = wordAt(bytes, at + 4);
    for (let i = 0; i < 16; i++) {
      const pair = bytes[at + 8 + i]!;
      out[to + i] = ((pair & 15) | (((high >>> i) & 1) << 4)) * scale + minimum;
      out[to + i + 16] = ((pair >> 4) | (((high >>> (i + 16)) & 1) << 4)) * scale + minimum;
    }
  }
};

const q80: Dequantizer = (bytes, at, count, out, to) => {
  for (let block = 0; block < count; block++, at += 34, to += 32) {
    const scale = float16At(bytes, at);
    for (let i = 0; i < 32; i++) out[to + i] = ((bytes[at + 2 + i]! << 24) >> 24) * scale;
  }
};

const f16: Dequantizer = (bytes, at, count, out, to) => {
  for (let i = 0; i < count; i++) out[to + i] = float16At(bytes, at + 2 * i);
};

/** bfloat16 is the upper half of a float32, so the bits are moved, not computed: NaN payloads survive. */
const bf16: Dequantizer = (bytes, at, count, out, to) => {
  const bits = new Uint32Array(out.buffer, out.byteOffset, out.length);
  for (let i = 0; i < count; i++) bits[to + i] = ((bytes[at + 2 * i]! | (bytes[at + 2 * i + 1]! << 8)) << 16) >>> 0;
};

const f32: Dequantizer = (bytes, at, count, out, to) => {
  new Uint8Array(out.buffer, out.byteOffset + 4 * to, 4 * count).set(bytes.subarray(at, at + 4 * count));
};

const dequantizers: ReadonlyMap<string, Dequantizer> = new Map([
  ["F32", f32],
  ["F16", f16],
  ["BF16", bf16],
  ["Q4_0", q40],
  ["Q4_1", q41],
  ["Q5_0", q50],
  ["Q5_1", q51],
  ["Q8_0", q80],
  ...kQuants,
]);
