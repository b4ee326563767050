import { bytesPerElement, viewAs } from "../../tensor/dtype.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { sizeOf, stridesOf, type Shape } from "../../tensor/shape.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";
import type { ByteSource } from "../source.ts";
import { codeOfDtype, readNpyHeader } from "./npy-header.ts";

/** The array in a .npy file, in row-major order whatever the file's order. */
export function readNpy(source: ByteSource): Tensor {
  const { dtype, shape, fortranOrder, bigEndian, dataOffset } = readNpyHeader(source);
  const size = sizeOf(shape);
  const width = bytesPerElement(dtype);
  const needed = size * width;
  const found = source.size - dataOffset;
  if (needed !== found) {
    throw new GlassboxError(
      "file",
      `an array ${dtype}[${shape.join(", ")}] needs ${needed} bytes, but the file has ${found}`,
      {
        where: `${source.name}, offset ${dataOffset}`,
        hint:
          found < needed
            ? "The file was cut off."
            : "It holds more than one array, or is damaged; save several arrays as .npz.",
      },
    );
  }
  let bytes = readExactly(source, dataOffset, needed);
  if (dtype === "bool") bytes = bytes.map((byte) => (byte ? 1 : 0));
  if (bigEndian) swapBytes(bytes, width);
  if (fortranOrder && shape.length > 1) bytes = toRowMajor(bytes, shape, width);
  return tensor(dtype, shape, viewAs(dtype, bytes.buffer, bytes.byteOffset, size));
}

/** A .npy file of version 1, little-endian, row-major, as NumPy itself would write it. */
export function writeNpy({ dtype, shape, data }: Tensor): Uint8Array<ArrayBuffer> {
  const code = codeOfDtype.get(dtype);
  if (code === undefined) {
    throw new GlassboxError("unsupported", `NumPy has no ${dtype}`, { hint: "Convert the tensor to float32 first." });
  }
  const order = bytesPerElement(dtype) === 1 ? "|" : "<";
  const extents = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const dictionary = `{'descr': '${order}${code}', 'fortran_order': False, 'shape': ${extents}, }`;
  // NumPy leaves room for the first extent to grow to 21 digits in place, then aligns the data to 64 bytes.
  const room = shape.length === 0 ? 0 : Math.max(0, 21 - String(shape[0]).length);
  const length = (Math.floor((10 + dictionary.length + room + 1) / 64) + 1) * 64;
  const header = dictionary.padEnd(length - 11) + "\n";
  const bytes = new Uint8Array(length + data.byteLength);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 0xff, header.length >> 8]);
  bytes.set(new TextEncoder().encode(header), 10);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), length);
  return bytes;
}

function readExactly(source: ByteSource, offset: number, length: number): Uint8Array<ArrayBuffer> {
  try {
    return source.read(offset, length);
  } catch (error) {
    // The file is long enough, so a RangeError is the engine's limit for one array.
    if (!(error instanceof RangeError)) throw error;
    throw new GlassboxError("resource", `an array of ${length} bytes is too large to hold`, { where: source.name });
  }
}

function swapBytes(bytes: Uint8Array, width: number): void {
  for (let at = 0; at < bytes.length; at += width) {
    for (let low = at, high = at + width - 1; low < high; low++, high--) {
      const byte = bytes[low]!;
      bytes[low] = bytes[high]!;
      bytes[high] = byte;
    }
  }
}

/** The element at (i, j, …) of a column-major array lies at Σ index × product of the extents before it. */
function toRowMajor(bytes: Uint8Array, shape: Shape, width: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes.length);
  const strides = stridesOf(shape.toReversed()).toReversed();
  const index = new Array<number>(shape.length).fill(0);
  let from = 0;
  for (let to = 0; to < bytes.length; to += width) {
    for (let i = 0; i < width; i++) out[to + i] = bytes[from + i]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]! * width;
      if (++index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]! * width;
      index[axis] = 0;
    }
  }
  return out;
}
