import { GlassboxError } from "../../tensor/errors.ts";
import { decodeJpeg } from "./decode-jpeg.ts";
import { decodePng } from "./decode-png.ts";
import { decodeWebp } from "./decode-webp.ts";
import type { Image } from "./image.ts";
import { describeOtherKind, sniffImage, type ImageKind } from "./kind.ts";

export interface DecodedImage {
  readonly image: Image;
  readonly format: ImageKind;
  /** What decoding changed, for callers to report: one sentence each. */
  readonly notes: readonly string[];
}

type Decoder = (bytes: Uint8Array, name: string, mostBytes: number) => Omit<DecodedImage, "format">;

const decoders: Readonly<Record<ImageKind, Decoder>> = { png: decodePng, jpeg: decodeJpeg, webp: decodeWebp };

const accepted = "Glassbox reads PNG, JPEG and WebP.";

/**
 * Decodes the bytes of a PNG, JPEG or WebP file. `name` is the file's name in messages. A picture that takes more than
 * `mostBytes` of memory is refused before it is decoded.
 */
export function decodeImage(bytes: Uint8Array, name: string, mostBytes = Infinity): DecodedImage {
  if (bytes.length === 0) {
    throw new GlassboxError("file", "The file is empty.", { where: name, hint: "Save or download the image again." });
  }
  const format = sniffImage(bytes);
  if (format === undefined) {
    const kind = describeOtherKind(bytes);
    throw new GlassboxError("file", kind ? `This is ${kind}.` : "This is not a known image format.", {
      where: name,
      hint:
        kind && /image|photograph|drawing/.test(kind) && !/LFS/.test(kind)
          ? `${accepted} Convert it to PNG first.`
          : `${accepted} Choose such a file.`,
    });
  }
  return { ...decoders[format](bytes, name, mostBytes), format };
}
