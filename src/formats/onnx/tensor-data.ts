import { allocate, bytesPerElement, viewAs, type DType, type TypedArray } from "../../tensor/dtype.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { tensor as makeTensor, type Tensor } from "../../tensor/tensor.ts";
import type { ByteSource } from "../source.ts";
import { layoutOf, type OnnxElementType } from "./element-types.ts";
import type { ExternalFiles } from "./external-data.ts";
import type { OnnxTensor } from "./records.ts";
import { readTypedField } from "./typed-data.ts";
import { widenBits, type WidenedArray } from "./widen.ts";

export interface TensorDataPlace {
  /** The file that the tensor's record was read from. */
  readonly source: ByteSource;
  /** The model's external data; without them, a tensor that names another file is refused. */
  readonly external?: ExternalFiles | undefined;
}

/**
 * Reads one tensor's elements. Types that no `DType` carries are widened (`dtypeOf`) or refused by
 * name. The bytes must be exactly as many as the dims need, and nothing is allocated before they are
 * known to be there.
 */
export function readTensorData(tensor: OnnxTensor, place: TensorDataPlace): Tensor {
  const { elementType, dims, location } = tensor;
  const dtype = layoutOf(elementType).dtype;
  if (dtype === undefined) {
    throw new GlassboxError("unsupported", `tensors of ${elementType} are not read`, {
      where: whereIs(tensor, place.source),
    });
  }
  const size = sizeOf(dims);
  if (location.kind === "typed") {
    return makeTensor(dtype, dims, readTypedField(tensor, dtype, size, place.source));
  }
  return makeTensor(
    dtype,
    dims,
    decode(elementType, dtype, size, rawBytes(tensor, byteLength(elementType, size), place)),
  );
}

/** Bytes of `size` elements in raw data; elements of less than a byte are packed, the last byte padded. */
export const byteLength = (elementType: OnnxElementType, size: number): number =>
  Math.ceil((size * layoutOf(elementType).bits) / 8);

function rawBytes(tensor: OnnxTensor, needed: number, { source, external }: TensorDataPlace): Uint8Array<ArrayBuffer> {
  const { location } = tensor;
  if (location.kind === "raw") {
    expectBytes(tensor, source, needed, location.length);
    return readExactly(tensor, source, location.offset, needed);
  }
  if (location.kind !== "external") {
    expectBytes(tensor, source, needed, 0);
    return new Uint8Array(0);
  }
  if (location.length !== undefined) expectBytes(tensor, source, needed, location.length);
  if (external === undefined) {
    throw new GlassboxError(
      "file",
      `the elements lie in another file, ${JSON.stringify(location.location.slice(0, 200))}, which this file may not name`,
      { where: whereIs(tensor, source) },
    );
  }
  const file = external.open(location.location);
  try {
    return readExactly(tensor, file, location.offset, needed);
  } finally {
    file.close();
  }
}

function expectBytes(tensor: OnnxTensor, source: ByteSource, needed: number, found: number): void {
  if (needed === found) return;
  const shape = `${tensor.elementType}[${tensor.dims.join(", ")}]`;
  throw new GlassboxError("file", `a tensor ${shape} needs ${needed} bytes, but has ${found}`, {
    where: whereIs(tensor, source),
    hint: "The file is damaged or was cut off.",
  });
}

function readExactly(tensor: OnnxTensor, source: ByteSource, offset: number, length: number): Uint8Array<ArrayBuffer> {
  try {
    return source.read(offset, length);
  } catch (error) {
    // The file is long enough, so a RangeError is the engine's limit for one array.
    if (!(error instanceof RangeError)) throw error;
    throw new GlassboxError("resource", `a tensor of ${length} bytes is too large to hold`, {
      where: whereIs(tensor, source),
    });
  }
}

function decode(elementType: OnnxElementType, dtype: DType, size: number, bytes: Uint8Array<ArrayBuffer>): TypedArray {
  if (dtype === "bool") return bytes.map((byte) => (byte ? 1 : 0));
  const { bits } = layoutOf(elementType);
  if (bits === bytesPerElement(dtype) * 8) return viewAs(dtype, bytes.buffer, bytes.byteOffset, size);
  const out = allocate(dtype, size) as WidenedArray;
  widenBits(elementType, bytes, out);
  return out;
}

const whereIs = (tensor: OnnxTensor, source: ByteSource): string =>
  tensor.name === "" ? source.name : `${source.name}, tensor ${JSON.stringify(tensor.name.slice(0, 80))}`;
