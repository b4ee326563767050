import { elementTypeOf, type OnnxElementType } from "./element-types.ts";
import type { OnnxDimension, OnnxType, OnnxValueInfo } from "./records.ts";
import { fields, integer, message, recordUnits, text, type Field, type Range, type Wire } from "./wire.ts";

/** Sequences of optionals of sequences: real files stop at two. */
const deepestType = 16;

export const untyped: OnnxType = { kind: "untyped", elementType: undefined, shape: undefined };

export function readValueInfo(wire: Wire, range: Range): OnnxValueInfo {
  wire.spend(recordUnits, range.offset);
  let name = "";
  let type = untyped;
  for (const field of fields(wire, range)) {
    if (field.number === 1) name = wire.named(text(wire, field));
    else if (field.number === 2) type = readType(wire, message(wire, field));
  }
  return { name, ...type };
}

/** TypeProto. A sequence or an optional takes the element type and shape of what is inside. */
export function readType(wire: Wire, range: Range, depth = 0): OnnxType {
  if (depth > deepestType) wire.fail(`types are nested deeper than ${deepestType}`, range.offset);
  wire.spend(recordUnits, range.offset);
  let type = untyped;
  for (const field of fields(wire, range)) {
    const inside = (): OnnxType => readContainer(wire, message(wire, field), depth);
    if (field.number === 1) type = readTensorType(wire, message(wire, field), "tensor");
    else if (field.number === 4) type = { ...inside(), kind: "sequence" };
    else if (field.number === 5) type = { ...untyped, kind: "map" };
    else if (field.number === 7) type = { ...untyped, kind: "opaque" };
    else if (field.number === 8) type = readTensorType(wire, message(wire, field), "sparse");
    else if (field.number === 9) type = { ...inside(), kind: "optional" };
  }
  return type;
}

function readContainer(wire: Wire, range: Range, depth: number): OnnxType {
  let type = untyped;
  for (const field of fields(wire, range)) {
    if (field.number === 1) type = readType(wire, message(wire, field), depth + 1);
  }
  return type;
}

function readTensorType(wire: Wire, range: Range, kind: "tensor" | "sparse"): OnnxType {
  let elementType: OnnxElementType | undefined;
  let shape: OnnxDimension[] | undefined;
  for (const field of fields(wire, range)) {
    if (field.number === 1) elementType = readElementType(wire, field);
    else if (field.number === 2) shape = readShape(wire, message(wire, field));
  }
  return { kind, elementType, shape };
}

/** 0, "undefined", is written by some exporters for values whose type they do not know. */
export function readElementType(wire: Wire, field: Field): OnnxElementType | undefined {
  const code = integer(wire, field);
  const type = elementTypeOf(code);
  if (type === undefined && code !== 0) {
    wire.fail(`element type ${code} is unknown`, field.tagOffset, "The model may be newer than this version can read.");
  }
  return type;
}

function readShape(wire: Wire, range: Range): OnnxDimension[] {
  const shape: OnnxDimension[] = [];
  for (const field of fields(wire, range)) {
    if (field.number !== 1) continue;
    wire.spend(4, field.tagOffset);
    shape.push(readDimension(wire, message(wire, field)));
  }
  return shape;
}

/** Exporters also write -1 and the empty name for "unknown". */
function readDimension(wire: Wire, range: Range): OnnxDimension {
  let dimension: OnnxDimension;
  for (const field of fields(wire, range)) {
    if (field.number === 1) {
      const extent = integer(wire, field);
      if (extent > Number.MAX_SAFE_INTEGER) wire.fail(`a dimension of ${extent} is impossible`, field.tagOffset);
      dimension = extent < 0 ? undefined : extent;
    } else if (field.number === 2) dimension = text(wire, field) || undefined;
  }
  return dimension;
}
