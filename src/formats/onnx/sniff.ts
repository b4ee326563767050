import type { ByteSource } from "../source.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { FIXED32, LENGTH, VARINT, Wire, type WireType } from "./wire.ts";

type Schema = ReadonlyMap<number, WireType>;

const schema = (varints: readonly number[], lengths: readonly number[]): Schema =>
  new Map([
    ...varints.map((number) => [number, VARINT] as const),
    ...lengths.map((number) => [number, LENGTH] as const),
  ]);

const modelFields = schema([1, 5], [2, 3, 4, 6, 7, 8, 14, 20, 25, 26]);
const graphFields = schema([], [1, 2, 5, 10, 11, 12, 13, 14, 15, 16]);
const tensorFields: Schema = new Map([
  ...schema([1, 2, 5, 7, 11, 14], [1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16]),
  [4, FIXED32],
]);
const irVersionField = 1;
const graphField = 7;
/** A model with more fields than this before its graph is not taken for one. */
const mostFields = 4096;

/** A field's header, without its payload. */
export interface Shallow {
  readonly number: number;
  readonly type: number;
  readonly offset: number;
  /** Of the payload; may reach beyond the end of the file. */
  readonly length: number;
}

/**
 * Do these bytes look like an ONNX model? Only the outermost field headers are walked: all known, of
 * the right wire type, and among them a graph that looks like one. A model cut off inside its graph
 * still passes, so that the error can say that it is cut off.
 */
export function sniffOnnx(source: ByteSource): boolean {
  return safely(() => {
    const wire = new Wire(source);
    const seen = new Set<number>();
    let end = 0;
    for (const field of headers(wire, 0, source.size, mostFields)) {
      if (modelFields.get(field.number) !== field.type) return false;
      if (field.number === graphField && !looksLikeGraph(wire, field)) return false;
      seen.add(field.number);
      end = field.offset + field.length;
    }
    // Prose can start like a graph; it has no IR version, and its lengths do not add up.
    return seen.has(graphField) && (seen.has(irVersionField) || end === source.size);
  });
}

/** Do these bytes look like one TensorProto, as ONNX's own test suite stores inputs and outputs? */
export function sniffTensorProto(source: ByteSource): boolean {
  return safely(() => {
    let typed = false;
    const wire = new Wire(source);
    for (const field of headers(wire, 0, source.size, mostFields)) {
      const packable = field.type === LENGTH && (field.number === 1 || field.number === 7);
      if (tensorFields.get(field.number) !== field.type && !packable && !(field.number === 1 && field.type === VARINT))
        return false;
      if (field.offset + field.length > source.size) return false;
      if (field.number === 2) typed = true;
    }
    return typed;
  });
}

/** Whether the outermost fields of a protobuf message, up to 4096 of them, are all as expected. */
export const onlyFields = (source: ByteSource, expected: (field: Shallow) => boolean): boolean =>
  safely(() => {
    for (const field of headers(new Wire(source), 0, source.size, mostFields)) if (!expected(field)) return false;
    return true;
  });

function looksLikeGraph(wire: Wire, { offset, length }: Shallow): boolean {
  const end = Math.min(offset + length, wire.source.size);
  for (const field of headers(wire, offset, end, 16)) {
    if (graphFields.get(field.number) !== field.type) return false;
  }
  return true;
}

/** Field headers one after another; stops quietly where a payload leaves the range. */
function* headers(wire: Wire, start: number, end: number, most: number): Generator<Shallow> {
  for (let offset = start, count = 0; offset < end && count < most; count++) {
    offset = wire.varint(offset, end);
    const number = wire.low >>> 3;
    const type = wire.low & 7;
    let payload = offset;
    let length = type === FIXED32 ? 4 : type === 1 ? 8 : 0;
    if (type === VARINT) length = wire.varint(offset, end) - offset;
    else if (type === LENGTH) {
      payload = wire.varint(offset, end);
      length = wire.high * 2 ** 32 + wire.low;
    }
    yield { number, type, offset: payload, length };
    offset = payload + length;
  }
}

function safely(test: () => boolean): boolean {
  try {
    return test();
  } catch (error) {
    if (error instanceof GlassboxError) return false;
    throw error;
  }
}
