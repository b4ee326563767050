import { GlassboxError } from "../../tensor/errors.ts";
import { damaged } from "./damaged.ts";
import { readApp1Orientation, type Orientation } from "./orientation.ts";

export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  /** Whether each scan refines the picture instead of completing a part of it. */
  readonly progressive: boolean;
  readonly orientation: Orientation;
  /** The offset of the first segment after the frame header. */
  readonly scansAt: number;
}

/** Start-of-frame markers (ITU-T T.81, table B.1): C0–CF except DHT (C4), JPG (C8) and DAC (CC). */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
const hasNoLength = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);

/** Ways to code a JPEG that hardly any program reads (ITU-T T.81, table B.1). */
function refuseOtherCoding(frame: number, bits: number, name: string): void {
  const kind = frame & 0x0f;
  const coding =
    kind >= 9
      ? "arithmetic coding"
      : kind === 3
        ? "lossless coding"
        : kind >= 5
          ? "hierarchical coding"
          : bits === 8
            ? undefined
            : `${bits} bits per channel`;
  if (coding === undefined) return;
  throw new GlassboxError("unsupported", `This JPEG uses ${coding}, which is not read.`, {
    where: name,
    hint: "Save it as an ordinary JPEG (baseline or progressive) or as PNG.",
  });
}

/** Reads the segments up to the frame header, which contains the size, and the EXIF orientation before it. */
export function readJpegHeader(bytes: Uint8Array, name: string): JpegHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let orientation: Orientation = 1;
  for (let offset = 2; offset + 4 <= bytes.length;) {
    const marker = bytes[offset + 1]!;
    // Some programs leave bytes between segments. As libjpeg does, look for the next marker; FF 00 and FF FF are none.
    if (bytes[offset] !== 0xff || marker === 0xff || marker === 0) {
      offset += 1;
      continue;
    }
    if (hasNoLength(marker)) {
      offset += 2;
      continue;
    }
    const length = view.getUint16(offset + 2);
    const body = bytes.subarray(offset + 4, offset + 2 + length);
    if (length < 2 || body.length !== length - 2) break;
    if (isFrame(marker)) {
      if (body.length < 6) break;
      refuseOtherCoding(marker, body[0]!, name);
      return {
        height: view.getUint16(offset + 5),
        width: view.getUint16(offset + 7),
        components: body[5]!,
        progressive: (marker & 3) === 2,
        orientation,
        scansAt: offset + 2 + length,
      };
    }
    if (marker === 0xda || marker === 0xd9) throw damaged("The JPEG contains no picture.", name);
    if (marker === 0xe1) orientation = readApp1Orientation(body) ?? orientation;
    offset += 2 + length;
  }
  throw damaged("The JPEG is truncated inside its header.", name);
}

/**
 * The number of scans from `start` to the end marker, counted up to one more than `most`. In a scan's data FF is followed
 * by 00 or by a restart marker (ITU-T T.81, B.1.1.5), so any other marker begins a segment.
 */
export function countScans(bytes: Uint8Array, start: number, most: number): number {
  let scans = 0;
  for (let offset = start; offset + 4 <= bytes.length && scans <= most;) {
    const marker = bytes[offset + 1]!;
    if (bytes[offset] !== 0xff || marker === 0 || marker === 0xff || hasNoLength(marker)) {
      offset += 1;
      continue;
    }
    if (marker === 0xd9) break;
    if (marker === 0xda) scans++;
    offset += 2 + ((bytes[offset + 2]! << 8) | bytes[offset + 3]!);
  }
  return scans;
}
