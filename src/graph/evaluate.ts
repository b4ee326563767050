import type { Tensor } from "../tensor/tensor.ts";
import { array64, widen, type Array64 } from "./array64.ts";
import type { OperatorTable } from "./builder.ts";
import { typeOf, type Constant, type Graph, type Node, type ValueName } from "./graph.ts";

/**
 * Runs a graph in double precision with the operators' reference laws. Each value is dropped after its last reader, so
 * peak memory is that of the widest cut, not of the whole graph.
 */
export function evaluate(
  graph: Graph,
  feeds: ReadonlyMap<ValueName, Tensor | Array64>,
  operators: OperatorTable,
): Map<ValueName, Array64> {
  const values = new Map<ValueName, Array64>();
  for (const name of graph.inputs) {
    const fed = feeds.get(name);
    if (fed === undefined) throw new RangeError(`no value was fed for the input ${name}`);
    values.set(
      name,
      fed.data instanceof Float64Array && fed.dtype !== "float64" ? (fed as Array64) : widen(fed as Tensor),
    );
  }
  const kept = new Set(graph.outputs);
  const lastReader = lastReaders(graph);
  for (const node of graph.nodes) {
    const outputs = evaluateNode(graph, node, (name) => valueOf(graph, values, name), operators);
    node.outputs.forEach((output, i) => values.set(output, outputs[i]!));
    for (const name of node.inputs) {
      if (name !== null && lastReader.get(name) === node && !kept.has(name)) values.delete(name);
    }
  }
  return new Map(graph.outputs.map((name) => [name, valueOf(graph, values, name)]));
}

export function evaluateNode(
  graph: Graph,
  node: Node,
  valueOf: (name: ValueName) => Array64,
  operators: OperatorTable,
): readonly Array64[] {
  const law = operators.get(node.op)!;
  const inputs = node.inputs.map((name) => (name === null ? undefined : valueOf(name)));
  return law.evaluate(
    inputs,
    node.attributes as never,
    node.outputs.map((output) => typeOf(graph, output)),
  );
}

function valueOf(graph: Graph, values: Map<ValueName, Array64>, name: ValueName): Array64 {
  const known = values.get(name);
  if (known) return known;
  const loaded = wideConstant(graph.constants.get(name)!);
  values.set(name, loaded);
  return loaded;
}

/** A constant in double precision, cached for as long as its graph lives. It is exact where the exact numbers are known, else as its type stores it. */
export function wideConstant(constant: Constant): Array64 {
  const known = widened.get(constant);
  if (known) return known;
  const value = widenConstant(constant);
  if (value.data.length <= mostKept) widened.set(constant, value);
  return value;
}

const widened = new WeakMap<Constant, Array64>();
/** 32 MB: the weights of a convolution are cached, the embedding of a language model is not. */
const mostKept = 2 ** 22;

const widenConstant = (constant: Constant): Array64 =>
  constant.exact === undefined
    ? widen(constant.load())
    : array64(constant.dtype, constant.shape, typeof constant.exact === "number" ? [constant.exact] : constant.exact);

function lastReaders(graph: Graph): ReadonlyMap<ValueName, Node> {
  const last = new Map<ValueName, Node>();
  for (const node of graph.nodes) for (const input of node.inputs) if (input !== null) last.set(input, node);
  return last;
}
