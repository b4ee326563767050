import type { AttributeSpec } from "../../graph/attributes.ts";
import type { Constant, Graph, Node, ValueName, WeightLocation } from "../../graph/graph.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import type { DType } from "../../tensor/dtype.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { fromFloat64, type Tensor, type TensorType } from "../../tensor/tensor.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";

/** The core has the semantics of opset 21; IR 10 is the newest version that ONNX Runtime 1.18 still reads. */
const opset = 21;
const irVersion = 10;

/** TensorProto.DataType. */
const elementTypes: Readonly<Record<DType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
};

/** The location of a weight in the store, or `undefined` to write it into the model itself. */
export type LocateWeight = (constant: Constant) => WeightLocation | undefined;

/** Serialises a graph as an ONNX ModelProto that refers to large constants in the store. */
export function emitOnnx(graph: Graph, locate: LocateWeight): Uint8Array<ArrayBuffer> {
  return new ProtobufWriter()
    .varint(1, irVersion)
    .string(2, "glassbox")
    .message(7, (out) => writeGraph(out, graph, locate))
    .message(8, (out) => out.string(1, "").varint(2, opset))
    .finish();
}

function writeGraph(out: ProtobufWriter, graph: Graph, locate: LocateWeight): void {
  const parameters = new Map<string, Tensor>();
  for (const node of graph.nodes) out.message(1, (inner) => writeNode(inner, graph, node, parameters));
  out.string(2, "glassbox");
  for (const [name, constant] of graph.constants)
    out.message(5, (inner) => writeConstant(inner, name, constant, locate));
  for (const [name, value] of parameters) out.message(5, (inner) => writeInline(inner, name, value));
  for (const name of graph.inputs) out.message(11, (inner) => writeValueInfo(inner, name, graph.types.get(name)!));
  for (const name of graph.outputs) out.message(12, (inner) => writeValueInfo(inner, name, graph.types.get(name)!));
}

/** Writes a node. Attributes that ONNX passes as constant inputs become initializers; equal ones are shared. */
function writeNode(out: ProtobufWriter, graph: Graph, node: Node, parameters: Map<string, Tensor>): void {
  const specs = Object.entries(coreOperators.get(node.op)!.attributes);
  const inputs: string[] = node.inputs.map((name) => name ?? "");
  for (const [name, spec] of specs) {
    const value = node.attributes[name];
    if (spec.input === undefined || value === undefined) continue;
    const parameter = parameterTensor(
      spec,
      value as number | readonly number[],
      graph.types.get(node.inputs[0]!)!.dtype,
    );
    const key = `parameter ${parameter.dtype}[${parameter.shape.join()}] ${parameter.data.join()}`;
    parameters.set(key, parameter);
    while (inputs.length < spec.input) inputs.push("");
    inputs[spec.input] = key;
  }
  for (const input of inputs) out.string(1, input);
  for (const output of node.outputs) out.string(2, output);
  out.string(3, node.outputs[0]!).string(4, node.op);
  for (const [name, spec] of specs) {
    const value = node.attributes[name];
    if (spec.input === undefined && value !== undefined)
      out.message(5, (inner) => writeAttribute(inner, name, spec, value));
  }
}

function parameterTensor(spec: AttributeSpec, value: number | readonly number[], first: DType): Tensor {
  const dtype = spec.inputType === "like-first" ? first : (spec.inputType ?? "int64");
  const values = typeof value === "number" ? [value] : value;
  return fromFloat64(dtype, spec.scalar ? [] : [values.length], values);
}

/** AttributeProto: name 1, f 2, i 3, s 4, floats 7, ints 8, strings 9, type 20. */
function writeAttribute(out: ProtobufWriter, name: string, { kind }: AttributeSpec, value: unknown): void {
  out.string(1, name);
  if (kind === "float") out.float(2, value as number).varint(20, 1);
  else if (kind === "integer" || kind === "flag") out.varint(3, Number(value)).varint(20, 2);
  else if (kind === "text" && name === "to") out.varint(3, elementTypes[value as DType]).varint(20, 2);
  else if (kind === "text") out.string(4, value as string).varint(20, 3);
  else if (kind === "floats") (value as number[]).reduce((o, v) => o.float(7, v), out).varint(20, 6);
  else if (kind === "integers") (value as number[]).reduce((o, v) => o.varint(8, v), out).varint(20, 7);
  else (value as string[]).reduce((o, v) => o.string(9, v), out).varint(20, 8);
}

function writeConstant(out: ProtobufWriter, name: ValueName, constant: Constant, locate: LocateWeight): void {
  const location = locate(constant);
  if (location === undefined) return writeInline(out, name, constant.load());
  writeTensorHeader(out, name, constant);
  const entry = (key: string, value: string): void =>
    void out.message(13, (inner) => inner.string(1, key).string(2, value));
  entry("location", location.file);
  entry("offset", String(location.offset));
  entry("length", String(location.bytes));
  out.varint(14, 1);
}

function writeInline(out: ProtobufWriter, name: ValueName, value: Tensor): void {
  writeTensorHeader(out, name, value);
  out.bytes(9, new Uint8Array(value.data.buffer, value.data.byteOffset, value.data.byteLength));
}

function writeTensorHeader(out: ProtobufWriter, name: ValueName, { dtype, shape }: TensorType): void {
  for (const extent of shape) out.varint(1, extent);
  out.varint(2, elementTypes[dtype]).string(8, name);
}

function writeValueInfo(out: ProtobufWriter, name: ValueName, { dtype, shape }: TensorType): void {
  out
    .string(1, name)
    .message(2, (type) =>
      type.message(1, (tensor) =>
        tensor
          .varint(1, elementTypes[dtype])
          .message(2, (dims) => shape.forEach((extent) => dims.message(1, (dim) => dim.varint(1, extent)))),
      ),
    );
}

/** Constants with fewer elements are written into the model: one mapped file for each would cost more. */
export const inlineLimit = 256;

export const isLarge = (constant: Constant): boolean => sizeOf(constant.shape) > inlineLimit;
