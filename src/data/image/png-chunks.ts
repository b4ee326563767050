import { crc32 } from "node:zlib";
import { GlassboxError } from "../../tensor/errors.ts";
import { damaged } from "./damaged.ts";
import { checkSize } from "./image.ts";

export type PngColour = "grey" | "rgb" | "palette" | "grey-alpha" | "rgba";

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colour: PngColour;
  readonly channels: number;
  readonly interlaced: boolean;
}

export interface PngChunks {
  readonly header: PngHeader;
  readonly palette: Uint8Array | undefined;
  readonly transparency: Uint8Array | undefined;
  /** All IDAT chunks, concatenated to one zlib stream. */
  readonly compressed: Uint8Array;
  /** The EXIF block of the camera. */
  readonly exif: Uint8Array | undefined;
  /** Whether the file goes on after its default image, as an animated PNG. */
  readonly animated: boolean;
}

/** The depths allowed for each colour type (PNG specification, table 12). */
const colourTypes: Readonly<
  Record<number, { readonly colour: PngColour; readonly channels: number; readonly depths: readonly number[] }>
> = {
  0: { colour: "grey", channels: 1, depths: [1, 2, 4, 8, 16] },
  2: { colour: "rgb", channels: 3, depths: [8, 16] },
  3: { colour: "palette", channels: 1, depths: [1, 2, 4, 8] },
  4: { colour: "grey-alpha", channels: 2, depths: [8, 16] },
  6: { colour: "rgba", channels: 4, depths: [8, 16] },
};

/** Chunks that a file may have once: with two, it depends on the reader which picture it is. */
const onlyOnce: ReadonlySet<string> = new Set(["IHDR", "PLTE", "tRNS", "eXIf"]);
const known: ReadonlySet<string> = new Set(["IHDR", "PLTE", "IDAT", "IEND"]);

/**
 * Reads the chunks that determine pixels; every chunk's checksum is compared. Text, profiles and other attachments are never
 * unpacked.
 */
export function readPngChunks(bytes: Uint8Array, name: string): PngChunks {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data: Uint8Array[] = [];
  const single = new Map<string, Uint8Array>();
  let header: PngHeader | undefined;
  let previous = "";
  let animated = false;
  let ended = false;
  for (let offset = 8; !ended;) {
    if (offset + 12 > bytes.length) throw damaged("The PNG is truncated: it ends before its end marker.", name);
    const length = view.getUint32(offset);
    const type = String.fromCharCode(...bytes.subarray(offset + 4, offset + 8));
    if (length > bytes.length - offset - 12)
      throw damaged(`The PNG is truncated inside its ${printable(type)} chunk.`, name);
    const body = bytes.subarray(offset + 8, offset + 8 + length);
    if (!header && type !== "IHDR") throw damaged("The PNG does not begin with its header.", name);
    if (crc32(bytes.subarray(offset + 4, offset + 8 + length)) !== view.getUint32(offset + 8 + length))
      throw damaged(`The checksum of the PNG's ${printable(type)} chunk does not fit: its bytes have changed.`, name);
    if (isCritical(type) && !known.has(type))
      throw damaged(`The PNG needs its ${printable(type)} chunk to be understood, and no such chunk is known.`, name);
    if (onlyOnce.has(type)) {
      if (single.has(type)) throw damaged(`The PNG has two ${type} chunks, so it could be two pictures.`, name);
      single.set(type, body);
    }
    if (type === "IDAT" && data.length > 0 && previous !== "IDAT")
      throw damaged("The PNG's pixels are interrupted by another chunk.", name);
    if (type === "IHDR") header = readHeader(body, name);
    else if (type === "IDAT") data.push(body);
    else if (type === "acTL") animated = true;
    else if (type === "IEND") ended = true;
    previous = type;
    offset += 12 + length;
  }
  if (!header || data.length === 0) throw damaged("The PNG contains no pixels.", name);
  return {
    header,
    palette: single.get("PLTE"),
    transparency: single.get("tRNS"),
    compressed: data.length === 1 ? data[0]! : Buffer.concat(data),
    exif: single.get("eXIf"),
    animated,
  };
}

/** A capital first letter: without this chunk the picture is another one (section 5.4). */
const isCritical = (type: string): boolean => /^[A-Z]/.test(type);

const printable = (type: string): string => (/^[A-Za-z]{4}$/.test(type) ? type : "damaged");

function readHeader(body: Uint8Array, name: string): PngHeader {
  if (body.length !== 13) throw damaged("The PNG's header has the wrong length.", name);
  const view = new DataView(body.buffer, body.byteOffset, 13);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  checkSize({ width, height }, name);
  const [depth, colourType, compression, filter, interlace] = [body[8]!, body[9]!, body[10]!, body[11]!, body[12]!];
  const type = colourTypes[colourType];
  if (!type?.depths.includes(depth) || compression !== 0 || filter !== 0 || interlace > 1) {
    throw new GlassboxError(
      "file",
      `The PNG's header contains an invalid combination (colour type ${colourType}, depth ${depth}).`,
      { where: name, hint: "Save it again from an image editor." },
    );
  }
  return { width, height, depth, colour: type.colour, channels: type.channels, interlaced: interlace === 1 };
}
