import { bytesOf, float, int, message, string } from "../fuzz/protobuf.ts";

type Shape = readonly number[];

/** An initializer: its shape and its numbers, or only its shape for zeros. */
export interface WeightParts {
  readonly shape: Shape;
  readonly type: "float" | "int64";
  readonly values?: ArrayLike<number>;
}

export type AttributeParts = number | string | readonly number[] | { readonly float: number };

export interface NodeParts {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes?: Readonly<Record<string, AttributeParts>>;
}

export interface GraphParts {
  readonly inputs: Readonly<Record<string, Shape>>;
  readonly outputs: Readonly<Record<string, Shape>>;
  readonly nodes: readonly NodeParts[];
  readonly weights?: Readonly<Record<string, WeightParts>>;
}

export const floats = (shape: Shape, values?: ArrayLike<number>): WeightParts => ({
  shape,
  type: "float",
  ...(values && { values }),
});

export const integers = (...values: readonly number[]): WeightParts => ({
  shape: [values.length],
  type: "int64",
  values,
});

const elementType = { float: 1, int64: 7 } as const;

/** The bytes of an ONNX file (opset 21) of these parts; each node is named after its output. */
export function onnxGraph({ inputs, outputs, nodes, weights = {} }: GraphParts): Uint8Array<ArrayBuffer> {
  return bytesOf(
    int(1, 8),
    message(8, string(1, ""), int(2, 21)),
    message(
      7,
      ...nodes.map(nodeOf),
      string(2, "graph"),
      ...Object.entries(weights).map(([name, weight]) => weightOf(name, weight)),
      ...Object.entries(inputs).map(([name, shape]) => port(11, name, shape)),
      ...Object.entries(outputs).map(([name, shape]) => port(12, name, shape)),
    ),
  );
}

const nodeOf = ({ op, inputs, output, attributes = {} }: NodeParts): Uint8Array =>
  message(
    1,
    ...inputs.map((name) => string(1, name)),
    string(2, output),
    string(3, output),
    string(4, op),
    ...Object.entries(attributes).map(([name, value]) => message(5, string(1, name), ...attributeOf(value))),
  );

function attributeOf(value: AttributeParts): readonly Uint8Array[] {
  if (typeof value === "number") return [int(3, value), int(20, 2)];
  if (typeof value === "string") return [string(4, value), int(20, 3)];
  if ("float" in value) return [float(2, value.float), int(20, 1)];
  return [...value.map((each) => int(8, each)), int(20, 7)];
}

function weightOf(name: string, { shape, type, values }: WeightParts): Uint8Array {
  const count = shape.reduce((product, extent) => product * extent, 1);
  const numbers = values ?? new Float64Array(count);
  const raw =
    type === "float"
      ? new Uint8Array(Float32Array.from(numbers).buffer)
      : new Uint8Array(BigInt64Array.from(Array.from(numbers), BigInt).buffer);
  return message(
    5,
    ...shape.map((extent) => int(1, extent)),
    int(2, elementType[type]),
    string(8, name),
    message(9, raw),
  );
}

const port = (field: number, name: string, shape: Shape): Uint8Array =>
  message(
    field,
    string(1, name),
    message(2, message(1, int(1, elementType.float), message(2, ...shape.map((extent) => message(1, int(1, extent)))))),
  );
