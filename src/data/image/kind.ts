/** The image format of a file, detected from its first bytes. The extension is ignored. */
export type ImageKind = "png" | "jpeg" | "webp";

interface Signature {
  readonly kind: string;
  readonly match: (bytes: Uint8Array) => boolean;
}

const at =
  (offset: number, text: string) =>
  (bytes: Uint8Array): boolean =>
    bytes.length >= offset + text.length && [...text].every((char, i) => bytes[offset + i] === char.charCodeAt(0));
const all =
  (...tests: readonly ((bytes: Uint8Array) => boolean)[]) =>
  (bytes: Uint8Array): boolean =>
    tests.every((test) => test(bytes));
const any =
  (...tests: readonly ((bytes: Uint8Array) => boolean)[]) =>
  (bytes: Uint8Array): boolean =>
    tests.some((test) => test(bytes));
/** The brand of an ISO base media file (ISO/IEC 14496-12): `ftyp` and four letters. */
const brand = (...brands: readonly string[]) => all(at(4, "ftyp"), any(...brands.map((b) => at(8, b))));
const markup =
  (tag: RegExp) =>
  (bytes: Uint8Array): boolean =>
    tag.test(openingText(bytes));

const decodable: readonly (Signature & { readonly kind: ImageKind })[] = [
  { kind: "png", match: at(0, "\x89PNG\r\n\x1a\n") },
  { kind: "jpeg", match: at(0, "\xff\xd8\xff") },
  { kind: "webp", match: all(at(0, "RIFF"), at(8, "WEBP")) },
];

/** Other file types that users may choose by mistake, each with its article. The order matters: text comes last. */
const others: readonly Signature[] = [
  { kind: "a GIF image", match: any(at(0, "GIF87a"), at(0, "GIF89a")) },
  { kind: "an AVIF image", match: brand("avif", "avis") },
  { kind: "a HEIC photograph", match: brand("heic", "heix", "heim", "heis", "hevc", "mif1", "msf1") },
  { kind: "a video", match: any(at(4, "ftyp"), at(0, "\x1aE\xdf\xa3"), all(at(0, "RIFF"), at(8, "AVI "))) },
  { kind: "a sound file", match: any(all(at(0, "RIFF"), at(8, "WAVE")), at(0, "OggS"), at(0, "ID3"), at(0, "fLaC")) },
  { kind: "a TIFF image", match: any(at(0, "II*\0"), at(0, "MM\0*"), at(0, "II+\0"), at(0, "MM\0+")) },
  { kind: "a JPEG XL image", match: any(at(0, "\xff\x0a"), at(4, "JXL ")) },
  { kind: "a JPEG 2000 image", match: any(at(4, "jP  "), at(0, "\xffO\xffQ")) },
  { kind: "an icon file", match: all(at(0, "\0\0\x01\0"), (b) => (b[4] ?? 0) > 0 && b[5] === 0) },
  { kind: "a Photoshop document", match: at(0, "8BPS") },
  { kind: "an OpenEXR image", match: at(0, "v/1\x01") },
  {
    kind: "a BMP image",
    match: all(at(0, "BM"), (b) => b.length > 18 && b[6] === 0 && b[7] === 0 && b[8] === 0 && b[9] === 0),
  },
  { kind: "a PDF document", match: at(0, "%PDF") },
  { kind: "a NumPy array", match: at(0, "\x93NUMPY") },
  { kind: "a GGUF model", match: at(0, "GGUF") },
  { kind: "an HDF5 file", match: at(0, "\x89HDF") },
  { kind: "a ZIP archive", match: at(0, "PK\x03\x04") },
  { kind: "a gzip archive", match: at(0, "\x1f\x8b") },
  { kind: "a Git LFS pointer, not the image itself", match: at(0, "version https://git-lfs") },
  { kind: "an SVG drawing", match: markup(/^(?:<\?xml[^>]*>|<!--[^]*?-->|<!doctype svg[^>]*>|\s)*<svg\b/i) },
  { kind: "an HTML page", match: markup(/^(?:<\?xml[^>]*>|<!--[^]*?-->|\s)*<(?:!doctype html|html|head|body)\b/i) },
  { kind: "a plain-text image (PNM)", match: markup(/^P[1-7]\s/) },
  { kind: "a text file", match: looksLikeText },
];

export function sniffImage(bytes: Uint8Array): ImageKind | undefined {
  return decodable.find(({ match }) => match(bytes))?.kind;
}

/** A noun phrase for a file that is not a supported image, such as "a GIF image"; `undefined` if its type is unknown. */
export function describeOtherKind(bytes: Uint8Array): string | undefined {
  return others.find(({ match }) => match(bytes))?.kind;
}

/** The first kilobyte, one character per byte, without a byte-order mark; it is long enough for a tag. */
function openingText(bytes: Uint8Array): string {
  return new TextDecoder("latin1")
    .decode(bytes.subarray(0, 1024))
    .replace(/^\u00ef\u00bb\u00bf/, "")
    .trimStart();
}

function looksLikeText(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 1024);
  return (
    head.length > 0 &&
    head.every((byte) => byte >= 0x20 || byte === 9 || byte === 10 || byte === 13 || byte === 12 || byte === 27)
  );
}
