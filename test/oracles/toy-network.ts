import { Builder, type Value } from "../../src/graph/builder.ts";
import type { AttributeValue, Graph } from "../../src/graph/graph.ts";
import { coreOperators } from "../../src/graph/ops/table.ts";
import { fromFloat64 } from "../../src/tensor/tensor.ts";

/** A network of `toy-vectors.json`, in ONNX operators. */
export interface ToyNetwork {
  readonly inputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly initializers: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly data: readonly number[] }>
  >;
  readonly nodes: readonly {
    readonly op: string;
    readonly inputs: readonly string[];
    readonly output: string;
    readonly attributes: Readonly<Record<string, AttributeValue>>;
  }[];
  readonly output: string;
}

/** The same network in core operators and float64; its values keep their names. Its one output is the network's, flattened behind the batch. */
export function toyGraph({ inputs, initializers, nodes, output }: ToyNetwork): Graph {
  const b = new Builder(coreOperators);
  for (const { name, shape } of inputs) b.input(name, { dtype: "float64", shape });
  for (const [name, { shape, data }] of Object.entries(initializers))
    b.tensor(fromFloat64("float64", shape, data), name);
  for (const { op, inputs: names, output: name, attributes } of nodes) {
    const values = names.map((input) => b.value(input));
    const made = { names: [name] };
    if (op === "Clip") {
      const [min, max] = names.slice(1).map((bound) => initializers[bound]!.data[0]!);
      b.apply("Clip", [values[0]], { min, max }, made);
    } else if (op === "Flatten") {
      b.apply("Reshape", [values[0]], { shape: flattened(values[0]!) }, made);
    } else b.apply(op, values, attributes, made);
  }
  return b.finish([b.value(output)]);
}

export const flattened = ({ shape }: Value): readonly number[] => [
  shape[0]!,
  shape.slice(1).reduce((size, extent) => size * extent, 1),
];
