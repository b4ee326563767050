/** GGUF files as tests need them: well-formed unless told otherwise. An independent writing of the format, not the reader turned around. */
export interface GgufTensorSpec {
  readonly name: string;
  /** ggml's number of the element type. */
  readonly type: number;
  /** Innermost axis first, as the file has it. */
  readonly extents: readonly (number | bigint)[];
  readonly data: Uint8Array;
  /** From the start of the data; where the tensors before it end, if absent. */
  readonly offset?: number | bigint;
}

/** A value with GGUF's type: 8 is text, 9 an array. */
export type GgufTyped = readonly [type: number, value: unknown];

export interface GgufFile {
  readonly version?: number;
  readonly metadata?: readonly (readonly [key: string, value: GgufTyped])[];
  readonly tensors?: readonly GgufTensorSpec[];
  readonly alignment?: number;
  readonly tensorCount?: number | bigint;
  readonly keyCount?: number | bigint;
}

export function ggufFile({
  version = 3,
  metadata = [],
  tensors = [],
  alignment = 32,
  tensorCount,
  keyCount,
}: GgufFile): Uint8Array {
  const count = (value: number | bigint): Buffer => (version === 1 ? uint32(Number(value)) : uint64(value));
  const text = (value: string): Buffer => Buffer.concat([count(Buffer.byteLength(value)), Buffer.from(value)]);
  const typed = ([type, value]: GgufTyped): Buffer => {
    if (type === 8) return text(value as string);
    if (type !== 9) return scalar(type, value as number | bigint | boolean);
    const [elementType, elements] = value as readonly [number, readonly unknown[]];
    return Buffer.concat([
      uint32(elementType),
      count(elements.length),
      ...elements.map((each) => typed([elementType, each])),
    ]);
  };
  const parts = [
    Buffer.from("GGUF"),
    uint32(version),
    count(tensorCount ?? tensors.length),
    count(keyCount ?? metadata.length),
  ];
  for (const [key, value] of metadata) parts.push(text(key), uint32(value[0]), typed(value));
  let end = 0;
  const places = tensors.map(({ data, offset }) => {
    const place = Number(offset ?? end);
    end = Math.ceil((place + data.length) / alignment) * alignment;
    return place;
  });
  tensors.forEach(({ name, type, extents, offset }, i) => {
    parts.push(text(name), uint32(extents.length), ...extents.map(count), uint32(type), uint64(offset ?? places[i]!));
  });
  const header = Buffer.concat(parts);
  const start = Math.ceil(header.length / alignment) * alignment;
  const size = tensors.reduce(
    (most, { data }, i) => Math.max(most, start + (places[i]! < 1e6 ? places[i]! : 0) + data.length),
    tensors.length ? start : header.length,
  );
  const file = Buffer.alloc(size);
  header.copy(file);
  tensors.forEach(({ data }, i) => places[i]! < 1e6 && file.set(data, start + places[i]!));
  return new Uint8Array(file);
}

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
};

const uint64 = (value: number | bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)));
  return bytes;
};

/** By the type's number: u8 i8 u16 i16 u32 i32 f32 bool – – u64 i64 f64. */
function scalar(type: number, value: number | bigint | boolean): Buffer {
  const view = new DataView(new ArrayBuffer(8));
  const number = Number(value);
  const lengths: Record<number, number> = { 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 };
  if (type <= 1 || type === 7) view.setUint8(0, number);
  else if (type <= 3) view.setUint16(0, number, true);
  else if (type <= 5) view.setUint32(0, number, true);
  else if (type === 6) view.setFloat32(0, number, true);
  else if (type === 12) view.setFloat64(0, number, true);
  else view.setBigUint64(0, BigInt.asUintN(64, BigInt(value)), true);
  return Buffer.from(view.buffer, 0, lengths[type] ?? 4);
}
