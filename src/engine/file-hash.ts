import { createHash } from "node:crypto";
import { fileSource } from "../formats/source.ts";

const chunk = 1 << 24;

export const hashBytes = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

/** SHA-256 of a file, in pieces. */
export function hashFile(file: string): string {
  const source = fileSource(file);
  try {
    const hash = createHash("sha256");
    for (let offset = 0; offset < source.size; offset += chunk)
      hash.update(source.read(offset, Math.min(chunk, source.size - offset)));
    return hash.digest("hex");
  } finally {
    source.close();
  }
}
