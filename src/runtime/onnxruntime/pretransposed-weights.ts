/**
 * Gradients read kernels flipped and transposed. ONNX Runtime would transform them whenever it loads a program, and each
 * program would hold its own copy: 40 MB and 200 ms of CPU time for ResNet-18's gradient. Here a transformed weight is a
 * separate constant, which is computed once, kept in the store, and mapped by every program.
 */
import { runsOf } from "../../graph/ops/slice.ts";
import { typeOf, type Constant, type Graph, type Node } from "../../graph/graph.ts";
import { prune } from "../../graph/prune.ts";
import { allocate, type TypedArray } from "../../tensor/dtype.ts";
import { sizeOf, stridesOf, type Shape } from "../../tensor/shape.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";
import { isLarge } from "./emit.ts";

/** The largest kernels have a few million elements. A larger constant, e.g. an embedding, would take its space in the store twice. */
const mostElements = 2 ** 24;

/** Where the elements of a transformed weight are in the original. */
interface View {
  readonly offset: number;
  readonly shape: Shape;
  readonly strides: readonly number[];
}

/** The operators' laws, applied in the weight's own storage: several times faster than the reference. */
const views: ReadonlyMap<string, (shape: Shape, attributes: Node["attributes"]) => View> = new Map([
  [
    "Transpose",
    (shape, { perm }) => {
      const axes = (perm as readonly number[] | undefined) ?? shape.map((_, axis) => shape.length - 1 - axis);
      const strides = stridesOf(shape);
      return { offset: 0, shape: axes.map((axis) => shape[axis]!), strides: axes.map((axis) => strides[axis]!) };
    },
  ],
  [
    "Slice",
    (shape, attributes) => {
      const runs = runsOf(shape, attributes as unknown as Parameters<typeof runsOf>[1]);
      const strides = stridesOf(shape);
      return {
        offset: runs.reduce((sum, { start }, axis) => sum + start * strides[axis]!, 0),
        shape: runs.map(({ length }) => length),
        strides: runs.map(({ step }, axis) => step * strides[axis]!),
      };
    },
  ],
]);

/** Transformed constants by original and transformation, so that another program finds the same one. */
const known = new WeakMap<Constant, Map<string, Constant>>();

export function pretransposeWeights(graph: Graph): Graph {
  const constants = new Map(graph.constants);
  const nodes = graph.nodes.filter((node) => {
    const [source] = node.inputs;
    const from = constants.get(source!);
    if (!views.has(node.op) || from === undefined || !isLarge(from) || sizeOf(from.shape) > mostElements) return true;
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
  const view = views.get(node.op)!(from.shape, node.attributes);
  // The result is recomputed on each load: the store keeps the values, and caching them here would double their memory.
  return {
    ...typeOf(graph, node.outputs[0]!),
    load: () => gather(from.load(), view),
    identity: from.identity && `${key} of ${from.identity}`,
  };
}

function gather({ dtype, data }: Tensor, { offset, shape, strides }: View): Tensor {
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
