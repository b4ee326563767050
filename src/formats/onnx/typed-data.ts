import { allocate, bytesPerElement, type DType, type TypedArray } from "../../tensor/dtype.ts";
import type { ByteSource } from "../source.ts";
import { layoutOf, type TypedField } from "./element-types.ts";
import { typedFields } from "./read-tensor.ts";
import type { OnnxTensor } from "./records.ts";
import { widenBits, type WidenedArray } from "./widen.ts";
import {
  expectType,
  fields,
  FIXED32,
  FIXED64,
  LENGTH,
  VARINT,
  Wire,
  type Field,
  type Range,
  type WireType,
} from "./wire.ts";

const wireTypes: Readonly<Record<TypedField, WireType>> = {
  float_data: FIXED32,
  double_data: FIXED64,
  int32_data: VARINT,
  int64_data: VARINT,
  uint64_data: VARINT,
  string_data: LENGTH,
};

/**
 * Elements from float_data, int32_data, int64_data, double_data or uint64_data, packed or one by one.
 * int32_data carries every narrow type: 16-bit floats as their bits, 8-bit ones too, and elements of
 * 4 or 2 bits packed into one byte a value.
 */
export function readTypedField(tensor: OnnxTensor, dtype: DType, size: number, source: ByteSource): TypedArray {
  const { location, elementType } = tensor;
  if (location.kind !== "typed") throw new TypeError("the tensor's elements do not lie in a typed field");
  const wire = new Wire(source);
  wire.places.push(`tensor ${JSON.stringify(tensor.name.slice(0, 80))}`);
  const { bits } = layoutOf(elementType);
  const widened = bits !== bytesPerElement(dtype) * 8;
  const stored = widened ? Math.ceil((size * bits) / 8) : size;
  const mismatch = (found: string): never =>
    wire.fail(
      `a tensor ${elementType}[${tensor.dims.join(", ")}] needs ${stored} values in ${location.field}, but has ${found}`,
      location.message.offset,
    );
  const smallest = wireTypes[location.field] === VARINT ? 1 : wireTypes[location.field] === FIXED32 ? 4 : 8;
  if (stored * smallest > location.message.length) mismatch("fewer");
  const data = allocate(widened ? "uint8" : dtype, stored);
  const bytes = new Uint8Array(data.buffer);
  let filled = 0;
  for (const field of fields(wire, location.message)) {
    if (typedFields.get(field.number) !== location.field) continue;
    filled = appendValues(wire, field, location.field, {
      bytes,
      width: bytesPerElement(widened ? "uint8" : dtype),
      filled,
      stored,
    });
    if (filled > stored) mismatch("more");
  }
  if (filled < stored) mismatch(String(filled));
  if (dtype === "bool") for (let i = 0; i < bytes.length; i++) bytes[i] = bytes[i] ? 1 : 0;
  if (!widened) return data;
  const out = allocate(dtype, size) as WidenedArray;
  widenBits(elementType, bytes, out);
  return out;
}

interface Destination {
  readonly bytes: Uint8Array;
  /** Bytes of one value. */
  readonly width: number;
  readonly filled: number;
  readonly stored: number;
}

/** Returns how many values are filled afterwards; more than `stored` where the field has too many. */
function appendValues(wire: Wire, field: Field, name: TypedField, into: Destination): number {
  const element = wireTypes[name];
  const packed = field.type === LENGTH;
  if (!packed) expectType(wire, field, element);
  if (element === VARINT) return appendVarints(wire, field, into);
  if (field.length % into.width !== 0) wire.fail(`${name} is not a whole number of values`, field.tagOffset);
  const count = field.length / into.width;
  if (into.filled + count <= into.stored) into.bytes.set(wire.bytes(field), into.filled * into.width);
  return into.filled + count;
}

function appendVarints(wire: Wire, field: Range, { bytes, width, filled, stored }: Destination): number {
  const end = field.offset + field.length;
  for (let offset = field.offset; offset < end;) {
    offset = wire.varint(offset, end);
    if (filled >= stored) return stored + 1;
    for (let i = 0, at = filled * width; i < width; i++) {
      bytes[at + i] = i < 4 ? wire.low >>> (8 * i) : wire.high >>> (8 * (i - 4));
    }
    filled++;
  }
  return filled;
}
