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

/** Reads the chunks that determine pixels. Text, profiles and other attachments are never unpacked. */
export function readPngChunks(bytes: Uint8Array, name: string): PngChunks {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data: Uint8Array[] = [];
  let header: PngHeader | undefined;
  let palette: Uint8Array | undefined;
  let transparency: Uint8Array | undefined;
  let ended = false;
  for (let offset = 8; !ended;) {
    if (offset + 12 > bytes.length) throw damaged("The PNG is truncated: it ends before its end marker.", name);
    const length = view.getUint32(offset);
    const type = String.fromCharCode(...bytes.subarray(offset + 4, offset + 8));
    if (length > bytes.length - offset - 12)
      throw damaged(`The PNG is truncated inside its ${printable(type)} chunk.`, name);
    const body = bytes.subarray(offset + 8, offset + 8 + length);
    if (!header && type !== "IHDR") throw damaged("The PNG does not begin with its header.", name);
    if (type === "IHDR") header = readHeader(body, name);
    else if (type === "PLTE") palette = body;
    else if (type === "tRNS") transparency = body;
    else if (type === "IDAT") data.push(body);
    else if (type === "IEND") ended = true;
    offset += 12 + length;
  }
  if (!header || data.length === 0) throw damaged("The PNG contains no pixels.", name);
  return { header, palette, transparency, compressed: data.length === 1 ? data[0]! : Buffer.concat(data) };
}

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
