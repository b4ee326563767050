/**
 * Messages between a panel's page and its host as bytes, in the way that VS Code carries them: JSON, and typed arrays beside
 * it. So what JSON loses (NaN, undefined) is lost here too.
 *
 * Layout: the length of the JSON as 4 bytes, little endian; the JSON; the arrays' bytes one after another.
 */
const KINDS = {
  ArrayBuffer: Uint8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
};
type Kind = keyof typeof KINDS;

interface Stored {
  readonly $array: Kind;
  readonly bytes: number;
}

const bytesOf = (value: unknown): Uint8Array | undefined => {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  return ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : undefined;
};

/** A Node Buffer arrives as the Uint8Array that it is. */
const kindOf = (value: object): Kind =>
  (Object.keys(KINDS) as Kind[]).find((kind) => value.constructor.name === kind) ?? "Uint8Array";

export function packed(message: unknown): Uint8Array<ArrayBuffer> {
  const arrays: Uint8Array[] = [];
  // The value itself: a Buffer's toJSON would have replaced it before the replacer sees it.
  const text = JSON.stringify(message, function (this: Readonly<Record<string, unknown>>, key, given: unknown) {
    const value = this[key];
    const bytes = bytesOf(value);
    if (bytes === undefined) return given;
    arrays.push(bytes);
    return { $array: kindOf(value as object), bytes: bytes.length } satisfies Stored;
  });
  const json = new TextEncoder().encode(text);
  const whole = new Uint8Array(4 + json.length + arrays.reduce((sum, { length }) => sum + length, 0));
  new DataView(whole.buffer).setUint32(0, json.length, true);
  let at = 4;
  for (const part of [json, ...arrays]) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function unpacked(bytes: Uint8Array): unknown {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const stored: { readonly holder: Record<string, unknown>; readonly key: string; readonly array: Stored }[] = [];
  const root = { message: JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))) as unknown };
  // In the order in which they were written.
  const visit = (holder: Record<string, unknown>, key: string): void => {
    const value = holder[key];
    if (typeof value !== "object" || value === null) return;
    if ("$array" in value) stored.push({ holder, key, array: value as Stored });
    else for (const inner of Object.keys(value)) visit(value as Record<string, unknown>, inner);
  };
  visit(root, "message");
  let at = 4 + length;
  for (const { holder, key, array } of stored) {
    // A copy, which a Buffer's own slice would not be.
    const { buffer } = new Uint8Array(bytes.subarray(at, at + array.bytes));
    holder[key] = array.$array === "ArrayBuffer" ? buffer : new KINDS[array.$array](buffer);
    at += array.bytes;
  }
  return root.message;
}
