import { createHash } from "node:crypto";
import type { ByteSource } from "./source.ts";

const piece = 1 << 24;

/** SHA-256 of all bytes, read in pieces through the open file. */
export function hashSource(source: ByteSource): string {
  const hash = createHash("sha256");
  for (let at = 0; at < source.size; at += piece) hash.update(source.read(at, Math.min(piece, source.size - at)));
  return hash.digest("hex");
}

export const hashText = (text: string): string => createHash("sha256").update(text).digest("hex");
