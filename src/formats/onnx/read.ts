import { identify } from "../kind.ts";
import type { ByteSource } from "../source.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { readAttribute } from "./read-attribute.ts";
import { readEntry, readTensor } from "./read-tensor.ts";
import { readValueInfo } from "./read-type.ts";
import type {
  OnnxAttribute,
  OnnxFunction,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxTensor,
  OnnxValueInfo,
  OpsetImport,
} from "./records.ts";
import { fields, integer, message, recordUnits, text, Wire, type Field, type Range } from "./wire.ts";

/** Bodies of loops in branches of branches: exporters stop at three or four. */
const deepestGraph = 32;

/**
 * The structure of a model file (ModelProto). Tensors are located, not read, so the cost is that of
 * the graph and not of the weights. `source` must stay open for as long as tensors are wanted.
 */
export function readOnnx(source: ByteSource): OnnxModel {
  const kind = identify(source);
  if (kind.id !== "onnx")
    throw new GlassboxError("file", `this is ${kind.description}, not an ONNX model`, { where: source.name });
  return readModel(new Wire(source));
}

function readModel(wire: Wire): OnnxModel {
  const { source } = wire;
  let irVersion = 0;
  let producerName = "";
  let producerVersion = "";
  let graph: OnnxGraph | undefined;
  const opsetImports: OpsetImport[] = [];
  const functions: OnnxFunction[] = [];
  const metadata = new Map<string, string>();
  for (const field of fields(wire, { offset: 0, length: source.size })) {
    switch (field.number) {
      case 1:
        irVersion = integer(wire, field);
        break;
      case 2:
        producerName = text(wire, field);
        break;
      case 3:
        producerVersion = text(wire, field);
        break;
      case 7:
        if (graph !== undefined) wire.fail("the model has two graphs", field.tagOffset);
        graph = wire.within("graph", () => readGraph(wire, message(wire, field), 1));
        break;
      case 8:
        opsetImports.push(readOpsetImport(wire, message(wire, field)));
        break;
      case 14:
        readEntry(wire, message(wire, field), metadata);
        break;
      case 25:
        functions.push(wire.within(`function ${functions.length}`, () => readFunction(wire, message(wire, field))));
        break;
    }
  }
  if (graph === undefined) return wire.fail("the model has no graph", source.size);
  return { irVersion, opsetImports, producerName, producerVersion, metadata, graph, functions, source };
}

function readGraph(wire: Wire, range: Range, depth: number): OnnxGraph {
  if (depth > deepestGraph) wire.fail(`graphs are nested deeper than ${deepestGraph}`, range.offset);
  wire.spend(recordUnits, range.offset);
  let name = "";
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const inputs: OnnxValueInfo[] = [];
  const outputs: OnnxValueInfo[] = [];
  const valueInfo: OnnxValueInfo[] = [];
  const value = (field: Field, role: string): OnnxValueInfo =>
    wire.within(role, () => readValueInfo(wire, message(wire, field)));
  for (const field of fields(wire, range)) {
    switch (field.number) {
      case 1:
        nodes.push(wire.within(`node ${nodes.length}`, () => readNode(wire, message(wire, field), depth)));
        break;
      case 2:
        name = text(wire, field);
        break;
      case 5:
        initializers.push(
          wire.within(`initializer ${initializers.length}`, () => readTensor(wire, message(wire, field))),
        );
        break;
      case 11:
        inputs.push(value(field, "input"));
        break;
      case 12:
        outputs.push(value(field, "output"));
        break;
      case 13:
        valueInfo.push(value(field, "value"));
        break;
      case 15:
        throw new GlassboxError("unsupported", "the model has sparse initializers, which are not read", {
          where: wire.where(field.tagOffset),
          hint: "Export it with dense weights.",
        });
    }
  }
  return { name, nodes, initializers, inputs, outputs, valueInfo };
}

function readNode(wire: Wire, range: Range, depth: number): OnnxNode {
  wire.spend(recordUnits, range.offset);
  let name = "";
  let opType = "";
  let domain = "";
  let overload = "";
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, OnnxAttribute>();
  const metadata = new Map<string, string>();
  for (const field of fields(wire, range)) {
    switch (field.number) {
      case 1:
        inputs.push(text(wire, field));
        break;
      case 2:
        outputs.push(text(wire, field));
        break;
      case 3:
        name = wire.named(text(wire, field));
        break;
      case 4:
        opType = text(wire, field);
        break;
      case 5:
        putAttribute(wire, field, attributes, depth);
        break;
      case 7:
        domain = text(wire, field);
        break;
      case 8:
        overload = text(wire, field);
        break;
      case 9:
        readEntry(wire, message(wire, field), metadata);
        break;
    }
  }
  if (opType === "") wire.fail("a node has no operator", range.offset);
  return { name, opType, domain, overload, inputs, outputs, attributes, metadata, offset: range.offset };
}

function putAttribute(wire: Wire, field: Field, attributes: Map<string, OnnxAttribute>, depth: number): void {
  const [name, attribute] = wire.within("attribute", () =>
    readAttribute(wire, message(wire, field), (range) =>
      wire.within("subgraph", () => readGraph(wire, range, depth + 1)),
    ),
  );
  if (attributes.has(name)) wire.fail(`attribute ${JSON.stringify(name)} occurs twice`, field.tagOffset);
  attributes.set(name, attribute);
}

function readFunction(wire: Wire, range: Range): OnnxFunction {
  wire.spend(recordUnits, range.offset);
  let name = "";
  let domain = "";
  let overload = "";
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: string[] = [];
  const attributeDefaults = new Map<string, OnnxAttribute>();
  const nodes: OnnxNode[] = [];
  const opsetImports: OpsetImport[] = [];
  const valueInfo: OnnxValueInfo[] = [];
  for (const field of fields(wire, range)) {
    switch (field.number) {
      case 1:
        name = wire.named(text(wire, field));
        break;
      case 4:
        inputs.push(text(wire, field));
        break;
      case 5:
        outputs.push(text(wire, field));
        break;
      case 6:
        attributes.push(text(wire, field));
        break;
      case 7:
        nodes.push(wire.within(`node ${nodes.length}`, () => readNode(wire, message(wire, field), 1)));
        break;
      case 9:
        opsetImports.push(readOpsetImport(wire, message(wire, field)));
        break;
      case 10:
        domain = text(wire, field);
        break;
      case 11:
        putAttribute(wire, field, attributeDefaults, 1);
        break;
      case 12:
        valueInfo.push(wire.within("value", () => readValueInfo(wire, message(wire, field))));
        break;
      case 13:
        overload = text(wire, field);
        break;
    }
  }
  if (name === "") wire.fail("a function has no name", range.offset);
  return { name, domain, overload, inputs, outputs, attributes, attributeDefaults, nodes, opsetImports, valueInfo };
}

function readOpsetImport(wire: Wire, range: Range): OpsetImport {
  wire.spend(recordUnits, range.offset);
  let domain = "";
  let version = 0;
  for (const field of fields(wire, range)) {
    if (field.number === 1) domain = text(wire, field);
    else if (field.number === 2) version = integer(wire, field);
  }
  return { domain, version };
}
