import type { ByteSource } from "../source.ts";

/** The reference implementation's limit. */
export const maxHeaderBytes = 100_000_000;

/**
 * There is no magic: a plausible 64-bit length, then JSON that opens an object. A file that is cut off still passes, so that the
 * error can say that it is.
 */
export function sniffSafetensors(source: ByteSource): boolean {
  if (source.size < 10) return false;
  const head = source.read(0, Math.min(source.size, 8 + 256));
  const length = new DataView(head.buffer).getBigUint64(0, true);
  if (length < 2n || length > BigInt(maxHeaderBytes)) return false;
  const text = String.fromCharCode(...head.subarray(8, 8 + Number(length)));
  return /^[ \t\r\n]*\{[ \t\r\n]*["}]/.test(text);
}
