import { crc32 } from "node:zlib";

const signature = "\x89PNG\r\n\x1a\n";

/** A chunk with its length and checksum. */
export function pngChunk(type: string, body: Uint8Array): Buffer {
  const chunk = Buffer.alloc(body.length + 12);
  chunk.writeUInt32BE(body.length, 0);
  chunk.write(type, 4, "latin1");
  chunk.set(body, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + body.length)), 8 + body.length);
  return chunk;
}

/** The header of a PNG. @param colourType 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha */
export function pngHeader(width: number, height: number, depth: number, colourType: number, interlace = 0): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colourType, 0, 0, interlace], 8);
  return pngChunk("IHDR", header);
}

/** A file of these chunks, which is not looked at. */
export const pngFile = (...chunks: readonly Uint8Array[]): Uint8Array =>
  new Uint8Array(Buffer.concat([Buffer.from(signature, "latin1"), ...chunks, pngChunk("IEND", new Uint8Array())]));

/** The same bytes with the checksums that they should have, as far as the chunks' lengths can be followed. */
export function withChecksums(png: Uint8Array): Uint8Array {
  const bytes = Buffer.from(png);
  for (let offset = 8; offset + 12 <= bytes.length;) {
    const end = offset + 8 + bytes.readUInt32BE(offset);
    if (end + 4 > bytes.length) break;
    bytes.writeUInt32BE(crc32(bytes.subarray(offset + 4, end)), end);
    offset = end + 4;
  }
  return new Uint8Array(bytes);
}
