import type { Tensor, TensorType } from "../tensor/tensor.ts";

/** Values are identified by name, which is unique within a graph. */
export type ValueName = string;

export type AttributeValue = number | string | boolean | readonly number[] | readonly string[];
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** One application of a core operator. A missing optional input is `null`. */
export interface Node {
  readonly op: string;
  readonly inputs: readonly (ValueName | null)[];
  readonly outputs: readonly ValueName[];
  readonly attributes: Attributes;
  /** Where the node comes from, for messages: its name in the file, or the transform that added it. */
  readonly origin?: string | undefined;
}

/**
 * A value known before the graph runs. Weights are not read until `load` is called. `weight` gives their location in the
 * store, so that a runtime can map them instead of copying them.
 */
export interface Constant extends TensorType {
  readonly load: () => Tensor;
  /** The exact numbers where the type cannot represent them, e.g. √½ in float32, or the sines of rotary angles. The reference evaluator does not round. */
  readonly exact?: number | Float64Array | undefined;
  /** Identifies the contents, e.g. by a file's hash and a tensor's name, so that a store that has them need not load them again. */
  readonly identity?: string | undefined;
  readonly weight?: WeightLocation | undefined;
  /** Whether it is computed from other constants, and so takes memory once it is loaded. */
  readonly folded?: true;
}

export interface WeightLocation {
  readonly file: string;
  readonly offset: number;
  readonly bytes: number;
}

/** A named activation that users can read and write. */
export interface Site {
  /** The exporter's module path, the Keras layer name, or a TransformerLens-like name. */
  readonly name: string;
  readonly value: ValueName;
  /** One name per axis, e.g. `["batch", "channel", "row", "column"]`. */
  readonly axes: readonly string[];
  /** The kind of site, e.g. the operator that computes it, or `residual`. */
  readonly role: string;
  /** Whether the value is the result of an activation function. */
  readonly activation?: true;
}

/**
 * A network as a static-shape SSA graph of core operators: NCHW, with ONNX semantics at opset 21. Parameters that ONNX
 * passes as constant inputs (axes, pads, shapes) are attributes here. A graph whose shapes depend on data is rejected at
 * import, so every transform is a function of types alone.
 */
export interface Graph {
  readonly inputs: readonly ValueName[];
  readonly outputs: readonly ValueName[];
  /** In topological order. */
  readonly nodes: readonly Node[];
  readonly constants: ReadonlyMap<ValueName, Constant>;
  readonly types: ReadonlyMap<ValueName, TensorType>;
  readonly sites: readonly Site[];
}

export function typeOf(graph: Graph, value: ValueName): TensorType {
  const type = graph.types.get(value);
  if (type === undefined) throw new RangeError(`the graph has no value ${value}`);
  return type;
}

/** The node that computes each value; inputs and constants have none. */
export function producers(graph: Graph): ReadonlyMap<ValueName, Node> {
  return new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
}

/** The nodes that read each value. */
export function consumers(graph: Graph): ReadonlyMap<ValueName, readonly Node[]> {
  const readers = new Map<ValueName, Node[]>();
  for (const node of graph.nodes) {
    for (const input of new Set(node.inputs)) {
      if (input === null) continue;
      const known = readers.get(input);
      if (known) known.push(node);
      else readers.set(input, [node]);
    }
  }
  return readers;
}

export const inlineConstant = (value: Tensor): Constant => ({
  dtype: value.dtype,
  shape: value.shape,
  load: () => value,
});
