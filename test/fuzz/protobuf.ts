/** Just enough of a protobuf writer to make valid, odd and hostile files in tests. */
export type Bytes = readonly number[] | Uint8Array;

export const bytesOf = (...parts: readonly Bytes[]): Uint8Array<ArrayBuffer> => {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
};

/** A non-negative number or a signed int64. */
export function varint(value: number | bigint): Uint8Array {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const byte = Number(rest & 0x7fn);
    rest >>= 7n;
    out.push(rest === 0n ? byte : byte | 0x80);
  } while (rest !== 0n);
  return Uint8Array.from(out);
}

export const tag = (field: number, wireType: number): Uint8Array => varint(field * 8 + wireType);
export const int = (field: number, value: number | bigint): Uint8Array => bytesOf(tag(field, 0), varint(value));
export const message = (field: number, ...parts: readonly Bytes[]): Uint8Array => {
  const body = bytesOf(...parts);
  return bytesOf(tag(field, 2), varint(body.length), body);
};
export const string = (field: number, value: string): Uint8Array => message(field, new TextEncoder().encode(value));
export const float = (field: number, value: number): Uint8Array =>
  bytesOf(tag(field, 5), new Uint8Array(Float32Array.of(value).buffer));
/** A field whose length is a lie. */
export const lying = (field: number, length: number | bigint, body: Bytes = []): Uint8Array =>
  bytesOf(tag(field, 2), varint(length), body);
