/**
 * Element types, with ONNX's names. `float16` and `bfloat16` are stored as their 16 raw bits,
 * `bool` as one byte, 64-bit integers as BigInt: the exact layout that files and runtimes use.
 */
export type DType =
  | "float32"
  | "float64"
  | "float16"
  | "bfloat16"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "bool";

export type TypedArray =
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>;

interface Storage {
  readonly bytes: number;
  readonly view: (buffer: ArrayBuffer, byteOffset: number, length: number) => TypedArray;
}

const storages: Readonly<Record<DType, Storage>> = {
  float32: { bytes: 4, view: (b, o, n) => new Float32Array(b, o, n) },
  float64: { bytes: 8, view: (b, o, n) => new Float64Array(b, o, n) },
  float16: { bytes: 2, view: (b, o, n) => new Uint16Array(b, o, n) },
  bfloat16: { bytes: 2, view: (b, o, n) => new Uint16Array(b, o, n) },
  int8: { bytes: 1, view: (b, o, n) => new Int8Array(b, o, n) },
  int16: { bytes: 2, view: (b, o, n) => new Int16Array(b, o, n) },
  int32: { bytes: 4, view: (b, o, n) => new Int32Array(b, o, n) },
  int64: { bytes: 8, view: (b, o, n) => new BigInt64Array(b, o, n) },
  uint8: { bytes: 1, view: (b, o, n) => new Uint8Array(b, o, n) },
  uint16: { bytes: 2, view: (b, o, n) => new Uint16Array(b, o, n) },
  uint32: { bytes: 4, view: (b, o, n) => new Uint32Array(b, o, n) },
  uint64: { bytes: 8, view: (b, o, n) => new BigUint64Array(b, o, n) },
  bool: { bytes: 1, view: (b, o, n) => new Uint8Array(b, o, n) },
};

export const dtypes = Object.keys(storages) as readonly DType[];

export const bytesPerElement = (dtype: DType): number => storages[dtype].bytes;

/** A typed view of `length` elements; `byteOffset` must be a multiple of the element size. */
export const viewAs = (dtype: DType, buffer: ArrayBuffer, byteOffset: number, length: number): TypedArray =>
  storages[dtype].view(buffer, byteOffset, length);

export const allocate = (dtype: DType, length: number): TypedArray =>
  storages[dtype].view(new ArrayBuffer(length * storages[dtype].bytes), 0, length);

export const isFloat = (dtype: DType): boolean =>
  dtype === "float32" || dtype === "float64" || dtype === "float16" || dtype === "bfloat16";

export const isInteger = (dtype: DType): boolean => !isFloat(dtype) && dtype !== "bool";
