import { createHash } from "node:crypto";
import { hashSource } from "../formats/hash-source.ts";
import { fileSource } from "../formats/source.ts";

export const hashBytes = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

/** SHA-256 of a file, in pieces. */
export function hashFile(file: string): string {
  const source = fileSource(file);
  try {
    return hashSource(source);
  } finally {
    source.close();
  }
}
