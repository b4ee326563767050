import type { OnnxAttribute, OnnxGraph, OnnxTensor, OnnxType } from "./records.ts";
import { readTensor } from "./read-tensor.ts";
import { readType } from "./read-type.ts";
import {
  expectType,
  fields,
  float,
  integer,
  LENGTH,
  message,
  pushFloats,
  pushIntegers,
  recordUnits,
  text,
  textOrUndefined,
  type Field,
  type Range,
  type Wire,
} from "./wire.ts";

/** Reads a graph one level further down; passed in, because graphs and attributes contain each other. */
export type ReadSubgraph = (range: Range) => OnnxGraph;

/** AttributeProto.AttributeType. */
const kinds: ReadonlyMap<number, OnnxAttribute["kind"]> = new Map([
  [1, "float"],
  [2, "int"],
  [3, "string"],
  [4, "tensor"],
  [5, "graph"],
  [6, "floats"],
  [7, "ints"],
  [8, "strings"],
  [9, "tensors"],
  [10, "graphs"],
  [11, "sparse"],
  [12, "sparse"],
  [13, "type"],
  [14, "types"],
]);

/** The kind that a populated field means, for files older than the `type` field. */
const kindOfField: ReadonlyMap<number, OnnxAttribute["kind"]> = new Map([
  [2, "float"],
  [3, "int"],
  [4, "string"],
  [5, "tensor"],
  [6, "graph"],
  [7, "floats"],
  [8, "ints"],
  [9, "strings"],
  [10, "tensors"],
  [11, "graphs"],
  [14, "type"],
  [15, "types"],
  [22, "sparse"],
  [23, "sparse"],
]);

interface Values {
  float: number;
  int: number;
  string: string | undefined;
  bytes: Range | undefined;
  tensor: OnnxTensor | undefined;
  graph: OnnxGraph | undefined;
  type: OnnxType | undefined;
  sparse: Range | undefined;
  readonly floats: number[];
  readonly ints: number[];
  readonly strings: string[];
  readonly tensors: OnnxTensor[];
  readonly graphs: OnnxGraph[];
  readonly types: OnnxType[];
}

export function readAttribute(
  wire: Wire,
  range: Range,
  subgraph: ReadSubgraph,
): readonly [name: string, OnnxAttribute] {
  wire.spend(recordUnits, range.offset);
  let name = "";
  let reference = "";
  let declared: OnnxAttribute["kind"] | undefined;
  let populated: OnnxAttribute["kind"] | undefined;
  const values: Values = {
    float: 0,
    int: 0,
    string: undefined,
    bytes: undefined,
    tensor: undefined,
    graph: undefined,
    type: undefined,
    sparse: undefined,
    floats: [],
    ints: [],
    strings: [],
    tensors: [],
    graphs: [],
    types: [],
  };
  for (const field of fields(wire, range)) {
    if (field.number === 1) name = wire.named(text(wire, field));
    else if (field.number === 20) {
      const code = integer(wire, field);
      declared = kinds.get(code);
      if (declared === undefined && code !== 0) wire.fail(`attribute type ${code} is unknown`, field.tagOffset);
    } else if (field.number === 21) reference = text(wire, field);
    else if (kindOfField.has(field.number)) {
      populated = kindOfField.get(field.number);
      readValue(wire, field, values, subgraph);
    }
  }
  if (name === "") wire.fail("an attribute has no name", range.offset);
  if (reference !== "") return [name, { kind: "reference", value: reference }];
  const kind = declared ?? populated;
  if (kind === undefined) return wire.fail(`attribute ${JSON.stringify(name)} has no value`, range.offset);
  return [name, valueOf(wire, kind, name, values, range.offset)];
}

function readValue(wire: Wire, field: Field, values: Values, subgraph: ReadSubgraph): void {
  const tensor = (): OnnxTensor => wire.within("tensor", () => readTensor(wire, message(wire, field)));
  switch (field.number) {
    case 2:
      values.float = float(wire, field);
      break;
    case 3:
      values.int = integer(wire, field);
      break;
    case 4:
      values.string = textOrUndefined(wire, field);
      values.bytes = { offset: field.offset, length: field.length };
      break;
    case 5:
      values.tensor = tensor();
      break;
    case 6:
      values.graph = subgraph(message(wire, field));
      break;
    case 7:
      pushFloats(wire, field, values.floats);
      break;
    case 8:
      pushIntegers(wire, field, values.ints);
      break;
    case 9:
      values.strings.push(lossyText(wire, field));
      break;
    case 10:
      values.tensors.push(tensor());
      break;
    case 11:
      values.graphs.push(subgraph(message(wire, field)));
      break;
    case 14:
      values.type = readType(wire, message(wire, field));
      break;
    case 15:
      values.types.push(readType(wire, message(wire, field)));
      break;
    default:
      expectType(wire, field, LENGTH);
      values.sparse = { offset: field.offset, length: field.length };
  }
}

/** Class labels in an old code page are still labels: what is not UTF-8 becomes U+FFFD. */
function lossyText(wire: Wire, field: Field): string {
  expectType(wire, field, LENGTH);
  const value = textOrUndefined(wire, field);
  return value ?? new TextDecoder("utf-8", { ignoreBOM: true }).decode(wire.bytes(field));
}

/** Zero, the empty string and empty lists may be left out on the wire; tensors and graphs may not. */
function valueOf(wire: Wire, kind: OnnxAttribute["kind"], name: string, values: Values, offset: number): OnnxAttribute {
  const present = <T>(value: T | undefined): T =>
    value ?? wire.fail(`attribute ${JSON.stringify(name)} says that it is a ${kind}, but holds none`, offset);
  switch (kind) {
    case "float":
      return { kind, value: values.float };
    case "int":
      return { kind, value: values.int };
    case "string":
      if (values.string === undefined && values.bytes !== undefined) return { kind: "bytes", value: values.bytes };
      return { kind, value: values.string ?? "" };
    case "tensor":
      return { kind, value: present(values.tensor) };
    case "graph":
      return { kind, value: present(values.graph) };
    case "type":
      return { kind, value: present(values.type) };
    case "sparse":
      return { kind, value: present(values.sparse) };
    case "floats":
      return { kind, value: values.floats };
    case "ints":
      return { kind, value: values.ints };
    case "strings":
      return { kind, value: values.strings };
    case "tensors":
      return { kind, value: values.tensors };
    case "graphs":
      return { kind, value: values.graphs };
    case "types":
      return { kind, value: values.types };
    default:
      return wire.fail(`attribute ${JSON.stringify(name)} has an impossible type`, offset);
  }
}
