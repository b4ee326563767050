import { GlassboxError } from "../../tensor/errors.ts";
import { backgroundNote, compositeOnWhite } from "./alpha.ts";
import { damaged } from "./damaged.ts";
import { requireMemory } from "../../tensor/memory-budget.ts";
import { checkSize, image, smaller, type Image, type Size } from "./image.ts";
import { orient, orientationNote, readOrientation, type Orientation } from "./orientation.ts";
import { noSystem, toHeap, withCodec, type WasmHeap } from "./wasm-codec.ts";

interface WebpCodec extends WasmHeap {
  /** Returns a pointer to width × height × 4 bytes, or 0; writes the size to the two pointers. */
  WebPDecodeRGBA(input: number, size: number, width: number, height: number): number;
}

/** RGBA in the codec and as a copy, what the codec itself holds while it decodes, and the RGB result. */
const bytesPerPixel = 16;

/** Decodes lossy, lossless and transparent WebP; animations are rejected. */
export function decodeWebp(
  bytes: Uint8Array,
  name: string,
  mostBytes: number,
): { readonly image: Image; readonly notes: readonly string[] } {
  const { width, height } = readSize(bytes, name);
  checkSize({ width, height }, name);
  requireMemory(width * height * bytesPerPixel, mostBytes, "decoding this WebP", { where: name, hint: smaller });
  const rgba = withCodec("@cwasm/webp", "webp.wasm", noSystem, (codec: WebpCodec) => {
    try {
      const input = toHeap(codec, bytes);
      const facts = codec.malloc(8);
      const output = codec.WebPDecodeRGBA(input, bytes.length, facts, facts + 4);
      if (output === 0) throw damaged("The WebP is damaged or truncated.", name);
      const [codecWidth, codecHeight] = new Uint32Array(codec.memory.buffer, facts, 2);
      if (codecWidth !== width || codecHeight !== height) throw damaged("The WebP contains two different sizes.", name);
      return new Uint8Array(codec.memory.buffer, output, width * height * 4).slice();
    } catch (error) {
      throw error instanceof GlassboxError ? error : damaged("The WebP is damaged or truncated.", name);
    }
  });
  const { data, opaque } = compositeOnWhite(rgba);
  const orientation = exifOrientation(bytes) ?? 1;
  return {
    image: orient(image(width, height, data), orientation),
    notes: [...(orientation === 1 ? [] : [orientationNote]), ...(opaque ? [] : [backgroundNote])],
  };
}

/** The EXIF chunk stands after the pixels in an extended file (RFC 9649, section 2.7.1.5). */
function exifOrientation(bytes: Uint8Array): Orientation | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let offset = 12; offset + 8 <= bytes.length;) {
    const length = view.getUint32(offset + 4, true);
    if (length > bytes.length - offset - 8) return undefined;
    const type = String.fromCharCode(...bytes.subarray(offset, offset + 4));
    if (type === "EXIF") return readOrientation(bytes.subarray(offset + 8, offset + 8 + length));
    offset += 8 + length + (length & 1);
  }
  return undefined;
}

/** Reads the size from the first chunk of the RIFF container (RFC 9649): VP8 (lossy), VP8L (lossless) or VP8X (extended). */
function readSize(bytes: Uint8Array, name: string): Size {
  const chunk = String.fromCharCode(...bytes.subarray(12, 16));
  const body = bytes.subarray(20);
  if (body.length < 10) throw damaged("The WebP is truncated inside its header.", name);
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  if (chunk === "VP8 ") return { width: view.getUint16(6, true) & 0x3fff, height: view.getUint16(8, true) & 0x3fff };
  if (chunk === "VP8L") {
    const bits = view.getUint32(1, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (chunk === "VP8X") {
    if (body[0]! & 0b10) {
      throw new GlassboxError("unsupported", "This WebP is an animation.", {
        where: name,
        hint: "Save one of its frames as a picture.",
      });
    }
    return { width: 1 + uint24(body, 4), height: 1 + uint24(body, 7) };
  }
  throw damaged("The WebP's header is damaged.", name);
}

const uint24 = (bytes: Uint8Array, offset: number): number =>
  bytes[offset]! | (bytes[offset + 1]! << 8) | (bytes[offset + 2]! << 16);
