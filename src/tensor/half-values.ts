import { float16ToNumber } from "./half.ts";

let values: Float32Array | undefined;

/** The value of every float16, indexed by its bits. The table is built on first use: files hold millions of float16 values, as weights or as block scales. */
export const halfValues = (): Float32Array =>
  (values ??= Float32Array.from({ length: 1 << 16 }, (_, bits) => float16ToNumber(bits)));

/** The float16 that the two little-endian bytes at `at` encode. */
export const float16At = (bytes: Uint8Array, at: number): number => halfValues()[bytes[at]! | (bytes[at + 1]! << 8)]!;
