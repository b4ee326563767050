import { float16ToNumber } from "./half.ts";

let values: Float32Array | undefined;

/** The value of every float16 by its bits, made when first asked for: files hold millions of them, as weights or as the scales of blocks. */
export const halfValues = (): Float32Array =>
  (values ??= Float32Array.from({ length: 1 << 16 }, (_, bits) => float16ToNumber(bits)));

/** Of two bytes, little-endian. */
export const float16At = (bytes: Uint8Array, at: number): number => halfValues()[bytes[at]! | (bytes[at + 1]! << 8)]!;
