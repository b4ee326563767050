/**
 * Gradients read kernels flipped and transposed. ONNX Runtime would transform them whenever it loads a program, and each
 * program would hold its own copy: 40 MB and 200 ms of CPU time for ResNet-18's gradient. Here a transformed weight is a
 * separate constant, which is computed once, kept in the store, and mapped by every program.
 */
import { traitsOf } from "../../graph/ops/table.ts";
import { typeOf, type Constant, type Graph, type Node } from "../../graph/graph.ts";
import { prune } from "../../graph/prune.ts";
import type { StridedView } from "../../graph/traits.ts";
import { allocate, type TypedArray } from "../../tensor/dtype.ts";
import { sizeOf, type Shape } from "../../tensor/shape.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";
import { isLarge } from "./emit.ts";

/** The largest kernels have a few million elements. A larger constant, e.g. an embedding, would take its space in the store twice. */
const mostElements = 2 ** 24;

/** Transformed constants by original and transformation, so that another program finds the same one. */
const known = new WeakMap<Constant, Map<string, Constant>>();

export function pretransposeWeights(graph: Graph): Graph {
  const constants = new Map(graph.constants);
  const nodes = graph.nodes.filter((node) => {
    const [source] = node.inputs;
    const from = constants.get(source!);
    if (
      traitsOf(node.op)?.view === undefined ||
      from === undefined ||
      !isLarge(from) ||
      sizeOf(from.shape) > mostElements
    )
      return true;
    constants.set(node.outputs[0]!, pretransposed(from, node, graph));
    return false;
  });
  return prune({ ...graph, nodes, constants });
}

function pretransposed(from: Constant, node: Node, graph: Graph): Constant {
  const key = `${node.op} ${JSON.stringify(node.attributes)}`;
  const variants = known.get(from) ?? new Map<string, Constant>();
  known.set(from, variants);
  const made = variants.get(key) ?? fresh(from, node, graph, key);
  variants.set(key, made);
  return made;
}

function fresh(from: Constant, node: Node, graph: Graph, key: string): Constant {
  // The view is read from the weight's own storage, which is several times faster than the reference.
  const view = traitsOf(node.op)!.view!(from.shape, node.attributes as never);
  // The result is recomputed on each load: the store keeps the values, and caching them here would double their memory.
  return {
    ...typeOf(graph, node.outputs[0]!),
    load: () => gather(from.load(), view),
    identity: from.identity && `${key} of ${from.identity}`,
  };
}

function gather({ dtype, data }: Tensor, { offset, shape, strides }: StridedView): Tensor {
  const out = allocate(dtype, sizeOf(shape));
  copy(data, out, shape, strides, 0, offset, 0);
  return tensor(dtype, shape, out);
}

/** Copies the elements from axis `axis` on, in order, and returns the next free index. */
function copy(
  from: TypedArray,
  to: TypedArray,
  shape: Shape,
  strides: readonly number[],
  axis: number,
  fromIndex: number,
  toIndex: number,
): number {
  const [extent, stride] = [shape[axis]!, strides[axis]!];
  let next = toIndex;
  if (axis === shape.length - 1) for (let i = 0; i < extent; i++) to[next++] = from[fromIndex + i * stride]!;
  else for (let i = 0; i < extent; i++) next = copy(from, to, shape, strides, axis + 1, fromIndex + i * stride, next);
  return next;
}
