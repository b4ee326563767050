import type { ByteSource } from "../source.ts";
import { layoutOf, type OnnxElementType, type TypedField } from "./element-types.ts";
import { readElementType } from "./read-type.ts";
import type { OnnxTensor, OnnxTensorLocation } from "./records.ts";
import { fields, integer, message, pushIntegers, recordUnits, text, Wire, type Range } from "./wire.ts";

export const typedFields: ReadonlyMap<number, TypedField> = new Map([
  [4, "float_data"],
  [5, "int32_data"],
  [6, "string_data"],
  [7, "int64_data"],
  [10, "double_data"],
  [11, "uint64_data"],
]);

const highestRank = 64;

/** A file that is one TensorProto, as the inputs and outputs of ONNX's own test suite are. */
export function readTensorProto(source: ByteSource): OnnxTensor {
  const wire = new Wire(source);
  return wire.within("tensor", () => readTensor(wire, { offset: 0, length: source.size }));
}

/** TensorProto: what it is and where its elements lie; `readTensorData` reads them. */
export function readTensor(wire: Wire, range: Range): OnnxTensor {
  wire.spend(recordUnits, range.offset);
  let name = "";
  let elementType: OnnxElementType | undefined;
  let raw: Range | undefined;
  let typed: TypedField | undefined;
  let external = false;
  const dims: number[] = [];
  const externalData = new Map<string, string>();
  for (const field of fields(wire, range)) {
    const typedField = typedFields.get(field.number);
    if (typedField !== undefined) {
      // A packed field of no bytes is an empty list.
      if (field.length === 0 && typedField !== "string_data") continue;
      if (typed !== undefined && typed !== typedField)
        wire.fail(`the tensor has both ${typed} and ${typedField}`, field.tagOffset);
      typed = typedField;
    } else if (field.number === 1) pushIntegers(wire, field, dims);
    else if (field.number === 2) elementType = readElementType(wire, field);
    else if (field.number === 3)
      wire.fail("the tensor is written in segments, which no exporter does", field.tagOffset);
    else if (field.number === 8) name = wire.named(text(wire, field));
    else if (field.number === 9) raw = rangeOf(message(wire, field));
    else if (field.number === 13) readEntry(wire, message(wire, field), externalData);
    else if (field.number === 14) external = integer(wire, field) === 1;
  }
  if (elementType === undefined) return wire.fail("the tensor has no element type", range.offset);
  checkDims(wire, dims, range.offset);
  if (typed !== undefined && typed !== layoutOf(elementType).field) {
    wire.fail(`a tensor of ${elementType} cannot have its elements in ${typed}`, range.offset);
  }
  if (typed !== undefined && raw !== undefined && raw.length > 0) {
    wire.fail(`the tensor has its elements twice, in raw_data and in ${typed}`, range.offset);
  }
  const location = external ? externalLocation(wire, externalData, range.offset) : inlineLocation(typed, raw, range);
  return { name, elementType, dims, location };
}

function inlineLocation(typed: TypedField | undefined, raw: Range | undefined, message: Range): OnnxTensorLocation {
  if (typed !== undefined) return { kind: "typed", field: typed, message: rangeOf(message) };
  return raw === undefined ? { kind: "none" } : { kind: "raw", ...raw };
}

function checkDims(wire: Wire, dims: readonly number[], offset: number): void {
  if (dims.length > highestRank) wire.fail(`a tensor of rank ${dims.length} is impossible`, offset);
  const size = dims.reduce((product, extent) => product * extent, 1);
  if (dims.some((extent) => !Number.isSafeInteger(extent) || extent < 0) || !Number.isSafeInteger(size)) {
    wire.fail(`a tensor of shape [${dims.join(", ")}] is impossible`, offset);
  }
}

function externalLocation(wire: Wire, entries: ReadonlyMap<string, string>, at: number): OnnxTensorLocation {
  const location = entries.get("location");
  if (!location) return wire.fail("the tensor's data are in another file, but no file is named", at);
  const offset = decimal(wire, entries.get("offset"), "offset", at) ?? 0;
  const length = decimal(wire, entries.get("length"), "length", at);
  if (!Number.isSafeInteger(offset + (length ?? 0))) wire.fail("the external data's end is out of range", at);
  return { kind: "external", location, offset, length };
}

function decimal(wire: Wire, value: string | undefined, key: string, at: number): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!/^[0-9]{1,16}$/.test(value) || !Number.isSafeInteger(number)) {
    wire.fail(`the external data's ${key} is ${JSON.stringify(value.slice(0, 40))}, not a number of bytes`, at);
  }
  return number;
}

/** StringStringEntryProto, into `entries`. */
export function readEntry(wire: Wire, range: Range, entries: Map<string, string>): void {
  wire.spend(recordUnits, range.offset);
  let key = "";
  let value = "";
  for (const field of fields(wire, range)) {
    if (field.number === 1) key = text(wire, field);
    else if (field.number === 2) value = text(wire, field);
  }
  entries.set(key, value);
}

const rangeOf = ({ offset, length }: Range): Range => ({ offset, length });
