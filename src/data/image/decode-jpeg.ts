import { GlassboxError } from "../../tensor/errors.ts";
import { requireMemory } from "../../tensor/memory-budget.ts";
import { damaged } from "./damaged.ts";
import { orient, orientationNote } from "./orientation.ts";
import { checkSize, image, maxPixels, smaller, type Image } from "./image.ts";
import { countScans, readJpegHeader } from "./jpeg-header.ts";
import { noSystem, toHeap, withCodec, type WasmHeap } from "./wasm-codec.ts";

/** The part of libjpeg-turbo's TurboJPEG interface that the package exports (turbojpeg.h). */
interface TurboJpeg extends WasmHeap {
  tjInitDecompress(): number;
  tjDecompressHeader3(
    handle: number,
    jpeg: number,
    size: number,
    width: number,
    height: number,
    subsampling: number,
    colourSpace: number,
  ): number;
  tjDecompress2(
    handle: number,
    jpeg: number,
    size: number,
    to: number,
    width: number,
    pitch: number,
    height: number,
    format: number,
    flags: number,
  ): number;
}

const pixelFormatRgb = 0;
/**
 * A progressive file may demand a thousand passes over a huge picture, and this release of libjpeg-turbo has no limit of
 * its own. Encoders write 6 to 14 scans.
 */
const mostScans = 100;
/** A second of decoding on an old machine: 14 scans of the largest picture that is read. */
const mostScannedPixels = 14 * maxPixels;
/** RGB in the codec and as a copy; a progressive file's coefficients are 16-bit and held until its last scan. */
const bytesPerPixel = { baseline: 6, progressive: 12 } as const;

/**
 * Decodes baseline and progressive JPEG, grey or colour, and rotates it as its EXIF orientation says. The accurate integer
 * transform and smooth chroma are libjpeg-turbo's defaults, as in Pillow.
 */
export function decodeJpeg(
  bytes: Uint8Array,
  name: string,
  mostBytes: number,
): { readonly image: Image; readonly notes: readonly string[] } {
  const { width, height, components, progressive, orientation, scansAt } = readJpegHeader(bytes, name);
  checkSize({ width, height }, name);
  const memory = width * height * bytesPerPixel[progressive ? "progressive" : "baseline"];
  requireMemory(memory + bytes.length, mostBytes, "decoding this JPEG", { where: name, hint: smaller });
  checkScans(countScans(bytes, scansAt, mostScans), width * height, name);
  if (components === 4) {
    throw new GlassboxError("unsupported", "This JPEG has four ink channels (CMYK), as used in print.", {
      where: name,
      hint: "Save it as an RGB JPEG or PNG.",
    });
  }
  const { data, complete } = withCodec("@cwasm/jpeg-turbo", "jpeg-turbo.wasm", noSystem, (codec: TurboJpeg) =>
    decompress(codec, bytes, width, height, name),
  );
  // The decoder warns both of data that ends early and of harmless stray bytes; only the former loses pixels.
  if (!complete && !hasEndMark(bytes)) throw damaged("The JPEG is truncated: it ends before its end marker.", name);
  const notes = complete ? [] : ["The JPEG has errors, which the decoder repaired as far as possible."];
  return {
    image: orient(image(width, height, data), orientation),
    notes: orientation === 1 ? notes : [...notes, orientationNote],
  };
}

function checkScans(scans: number, pixels: number, name: string): void {
  if (scans <= mostScans && scans * pixels <= mostScannedPixels) return;
  throw new GlassboxError(
    "resource",
    `The JPEG has ${scans > mostScans ? `more than ${mostScans}` : scans} scans of ${(pixels / 1e6).toPrecision(2)} megapixels, far more than encoders write.`,
    { where: name, hint: "Save it again as a JPEG or PNG." },
  );
}

function decompress(
  codec: TurboJpeg,
  bytes: Uint8Array,
  width: number,
  height: number,
  name: string,
): { readonly data: Uint8Array; readonly complete: boolean } {
  try {
    const input = toHeap(codec, bytes);
    const handle = codec.tjInitDecompress();
    const facts = codec.malloc(16);
    const status3 = codec.tjDecompressHeader3(handle, input, bytes.length, facts, facts + 4, facts + 8, facts + 12);
    const [codecWidth, codecHeight] = new Uint32Array(codec.memory.buffer, facts, 2);
    // A warning, of stray bytes, gives the same status as an error, which leaves no size.
    if (status3 !== 0 && (!codecWidth || !codecHeight)) throw damaged("The JPEG's header is damaged.", name);
    if (codecWidth !== width || codecHeight !== height) throw damaged("The JPEG contains two different sizes.", name);
    const size = width * height * 3;
    const output = codec.malloc(size);
    if (output === 0)
      throw new GlassboxError("resource", "There is not enough memory to decode this JPEG.", {
        where: name,
        hint: "Scale it down first.",
      });
    const status = codec.tjDecompress2(
      handle,
      input,
      bytes.length,
      output,
      width,
      width * 3,
      height,
      pixelFormatRgb,
      0,
    );
    return { data: new Uint8Array(codec.memory.buffer, output, size).slice(), complete: status === 0 };
  } catch (error) {
    // On a fatal error libjpeg calls longjmp, which cannot return anywhere in WebAssembly.
    throw error instanceof GlassboxError
      ? error
      : damaged(
          hasEndMark(bytes) ? "The JPEG is damaged." : "The JPEG is truncated: it ends before its end marker.",
          name,
        );
  }
}

/** Cameras append other data after the end-of-image marker (FF D9), so the whole file is searched, from its end. */
function hasEndMark(bytes: Uint8Array): boolean {
  for (let i = bytes.length - 2; i > 0; i--) {
    if (bytes[i] === 0xff && bytes[i + 1] === 0xd9) return true;
  }
  return false;
}
