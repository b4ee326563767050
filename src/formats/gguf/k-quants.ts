import type { Dequantizer } from "./dequantize.ts";
import { float16At } from "../../tensor/half-values.ts";

/**
 * The K-quants (ggml-quants.c): super-blocks of 256 elements, whose sub-blocks of 16 or 32 have small integer scales of their
 * own, themselves scaled by one or two float16 per super-block. Elements of one byte belong to different sub-blocks.
 */

/** Scales (low nibble) and minima (high nibble) of 16 sub-blocks, 64 bytes of 2-bit elements, scale, minimum. */
const q2k: Dequantizer = (bytes, at, count, out, to) => {
  for (let block = 0; block < count; block++, at += 84) {
    const scale = float16At(bytes, at + 80);
    const minimum = float16At(bytes, at + 82);
    for (let sub = 0; sub < 16; sub++, to += 16) {
      const { from, shift } = placeOf2Bits(sub);
      const packed = bytes[at + sub]!;
      const step = scale * (packed & 15);
      const offset = minimum * (packed >> 4);
      for (let i = 0; i < 16; i++) out[to + i] = step * ((bytes[at + 16 + from + i]! >> shift) & 3) - offset;
    }
  }
};

/** Half of the elements lie in 32 bytes, at bits 0 to 1, then 2 to 3, 4 to 5, 6 to 7; the other half in the next 32. */
const placeOf2Bits = (sub: number): { from: number; shift: number } => ({
  from: (sub >> 3) * 32 + (sub & 1) * 16,
  shift: ((sub >> 1) & 3) * 2,
});

/** 32 bytes of third bits (inverted: 0 means −4), 64 bytes of 2-bit elements, 12 bytes of 6-bit scales, scale. */
const q3k: Dequantizer = (bytes, at, count, out, to) => {
  for (let block = 0; block < count; block++, at += 110) {
    const scale = float16At(bytes, at + 108);
    for (let sub = 0; sub < 16; sub++, to += 16) {
      const { from, shift } = placeOf2Bits(sub);
      const low = bytes[at + 96 + (sub & 7)]!;
      const high = bytes[at + 104 + (sub & 3)]!;
      const subScale = ((sub < 8 ? low & 15 : low >> 4) | (((high >> (2 * (sub >> 2))) & 3) << 4)) - 32;
      const step = scale * subScale;
      const highBit = sub >> 1;
      for (let i = 0; i < 16; i++) {
        const third = (bytes[at + (sub & 1) * 16 + i]! >> highBit) & 1;
        out[to + i] = step * (((bytes[at + 32 + from + i]! >> shift) & 3) - (third ? 0 : 4));
      }
    }
  }
};

/** Eight 6-bit scales and eight 6-bit minima in 12 bytes: four of each plainly, the rest in the left-over bits. */
function scaleAndMinimum(bytes: Uint8Array, at: number, sub: number): [number, number] {
  if (sub < 4) return [bytes[at + sub]! & 63, bytes[at + sub + 4]! & 63];
  const nibbles = bytes[at + sub + 4]!;
  return [(nibbles & 15) | ((bytes[at + sub - 4]! >> 6) << 4), (nibbles >> 4) | ((bytes[at + sub]! >> 6) << 4)];
}

/** Scale, minimum, 12 bytes of scales, 128 bytes of 4-bit elements: of each 32 bytes first the low nibbles, then the high. */
const q4k: Dequantizer = (bytes, at, count, out, to) => {
  for (let block = 0; block < count; block++, at += 144) {
    const scale = float16At(bytes, at);
    const minimum = float16At(bytes, at + 2);
    for (let sub = 0; sub < 8; sub++, to += 32) {
      const [factor, lower] = scaleAndMinimum(bytes, at + 4, sub);
      const step = scale * factor;
      const offset = minimum * lower;
      const from = at + 16 + (sub >> 1) * 32;
      const shift = (sub & 1) * 4;
      for (let i = 0; i < 32; i++) out[to + i] = step * ((bytes[from + i]! >> shift) & 15) - offset;
    }
  }
};

/** As Q4_K, with 32 bytes of fifth bits before the nibbles: sub-block s at bit s. */
const q5k: Dequantizer = (bytes, at, count, out, to) => {
  for (let block = 0; block < count; block++, at += 176) {
    const scale = float16At(bytes, at);
    const minimum = float16At(bytes, at + 2);
    for (let sub = 0; sub < 8; sub++, to += 32) {
      const [factor, lower] = scaleAndMinimum(bytes, at + 4, sub);
      const step = scale * factor;
      const offset = minimum * lower;
      const from = at + 48 + (sub >> 1) * 32;
      const shift = (sub & 1) * 4;
      for (let i = 0; i < 32; i++) {
        const element = ((bytes[from + i]! >> shift) & 15) | (((bytes[at + 16 + i]! >> sub) & 1) << 4);
        out[to + i] = step * element - offset;
      }
    }
  }
};

/** 128 bytes of low nibbles, 64 bytes of upper bit pairs, 16 signed 8-bit scales, scale. */
const q6k: Dequantizer = (bytes, at, count, out, to) => {
  for (let block = 0; block < count; block++, at += 210) {
    const scale = float16At(bytes, at + 208);
    for (let sub = 0; sub < 16; sub++, to += 16) {
      const half = sub >> 3;
      const quarter = (sub >> 1) & 3;
      const within = (sub & 1) * 16;
      const step = scale * ((bytes[at + 192 + sub]! << 24) >> 24);
      const low = at + half * 64 + (quarter & 1) * 32 + within;
      const lowShift = (quarter >> 1) * 4;
      const high = at + 128 + half * 32 + within;
      for (let i = 0; i < 16; i++) {
        const element = ((bytes[low + i]! >> lowShift) & 15) | (((bytes[high + i]! >> (2 * quarter)) & 3) << 4);
        out[to + i] = step * (element - 32);
      }
    }
  }
};

export const kQuants: readonly (readonly [string, Dequantizer])[] = [
  ["Q2_K", q2k],
  ["Q3_K", q3k],
  ["Q4_K", q4k],
  ["Q5_K", q5k],
  ["Q6_K", q6k],
];
