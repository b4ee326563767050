import type { ByteSource } from "../source.ts";

/** "GGUF" in the order of the file, whatever the byte order of the numbers after it. */
export const magic = [0x47, 0x47, 0x55, 0x46] as const;

export function sniffGguf(source: ByteSource): boolean {
  if (source.size < magic.length) return false;
  const head = source.read(0, magic.length);
  return magic.every((byte, i) => head[i] === byte);
}
