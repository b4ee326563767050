import { coreOperators } from "../../graph/ops/table.ts";
import type { Graph, Node, ValueName } from "../../graph/graph.ts";
import { typeOf } from "../../graph/graph.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { castTensor, type Tensor, type TensorType } from "../../tensor/tensor.ts";
import type { Backend } from "./backend.ts";
import { Cell } from "./cell.ts";
import { Call, type Kernel } from "./kernel.ts";
import type { Layout } from "./layout.ts";
import { kernels } from "./table.ts";

interface Step {
  readonly node: Node;
  /** `undefined` if the reference law runs the node. */
  readonly kernel: Kernel | undefined;
  readonly types: readonly TensorType[];
  /** Values that no later step reads. */
  readonly spent: readonly ValueName[];
}

/** A graph as a list of kernel calls. A constant becomes a tensor when it is first read, and the tensor is kept. */
export class Interpreter {
  readonly #backend: Backend;
  readonly #graph: Graph;
  readonly #steps: readonly Step[];
  readonly #constants = new Map<ValueName, Cell>();

  constructor(backend: Backend, graph: Graph) {
    this.#backend = backend;
    this.#graph = graph;
    this.#steps = plan(backend, graph);
  }

  /** The distinct operators that run by their reference laws. */
  get byReference(): readonly string[] {
    return [...new Set(this.#steps.flatMap(({ node, kernel }) => (kernel ? [] : [node.op])))].sort();
  }

  run(feeds: ReadonlyMap<ValueName, Tensor>): Map<ValueName, Tensor> {
    const { tf } = this.#backend;
    const cells = new Map<ValueName, Cell>();
    try {
      for (const name of this.#graph.inputs) {
        const fed = feeds.get(name);
        if (fed === undefined) throw new RangeError(`no value was fed for the input ${name}`);
        cells.set(name, Cell.ofTensor(tf, castTensor(fed, typeOf(this.#graph, name).dtype)));
      }
      for (const step of this.#steps) {
        const inputs = step.node.inputs.map((name) =>
          name === null ? undefined : (cells.get(name) ?? this.#constant(name)),
        );
        const outputs = step.kernel
          ? runKernel(this.#backend, step.kernel, step, inputs)
          : runReference(this.#backend, step, inputs);
        step.node.outputs.forEach((name, i) => cells.set(name, outputs[i]!));
        for (const name of step.spent) {
          cells.get(name)?.dispose();
          cells.delete(name);
        }
      }
      return new Map(this.#graph.outputs.map((name) => [name, (cells.get(name) ?? this.#constant(name)).fetch()]));
    } finally {
      for (const cell of cells.values()) cell.dispose();
    }
  }

  release(): void {
    for (const cell of this.#constants.values()) cell.dispose();
    this.#constants.clear();
  }

  #constant(name: ValueName): Cell {
    const known = this.#constants.get(name);
    if (known) return known;
    const cell = Cell.ofTensor(this.#backend.tf, this.#graph.constants.get(name)!.load());
    this.#constants.set(name, cell);
    return cell;
  }
}

function plan(backend: Backend, graph: Graph): Step[] {
  const kept = new Set<ValueName>([...graph.outputs, ...graph.constants.keys()]);
  const steps: Step[] = [];
  const read = new Set<ValueName>();
  for (const node of [...graph.nodes].reverse()) {
    const touched = [...node.outputs, ...node.inputs.filter((name) => name !== null)];
    const spent = [...new Set(touched)].filter((name) => !kept.has(name) && !read.has(name));
    for (const name of touched) read.add(name);
    const types = node.outputs.map((name) => typeOf(graph, name));
    const inputs = node.inputs.map((name) => (name === null ? undefined : typeOf(graph, name)));
    const kernel = kernels.get(node.op);
    const fits = kernel?.fits({ inputs, results: types, backend: backend.name }, node.attributes as never);
    steps.push({ node, types, spent, kernel: fits ? kernel : undefined });
  }
  return steps.reverse();
}

function runKernel(
  backend: Backend,
  kernel: Kernel,
  { node, types }: Step,
  inputs: readonly (Cell | undefined)[],
): Cell[] {
  const { tf } = backend;
  const layout = layoutFor(kernel, inputs, types);
  try {
    const made = tf.tidy(() => {
      const results = [kernel.run(new Call(backend, inputs, types, layout), node.attributes as never)].flat();
      // A kernel may return an input, but each cell must be the only owner of its tensors.
      return results.map((result) => tf.clone(result));
    });
    return made.map((result, i) => Cell.ofDevice(tf, types[i]!, layout, result));
  } catch (error) {
    if (error instanceof GlassboxError) throw error;
    throw new GlassboxError("unsupported", `TensorFlow.js cannot run ${node.op}: ${(error as Error).message}`, {
      where: node.origin ?? node.outputs[0],
      hint: "Choose the runtime onnxruntime.",
    });
  }
}

function layoutFor({ layout }: Kernel, inputs: readonly (Cell | undefined)[], [result]: readonly TensorType[]): Layout {
  if (layout === "plain" || inputs[0]!.shape.length > 4) return "plain";
  if (layout === "images") return inputs[0]!.shape.length === 4 ? "channels-last" : "plain";
  const images = inputs.filter((cell) => cell?.shape.length === 4);
  const channelsLast = images.some((cell) => cell!.holds("channels-last") && !cell!.holds("plain"));
  return result!.shape.length === 4 &&
    channelsLast &&
    inputs.every((cell) => cell === undefined || cell.shape.length <= 4)
    ? "channels-last"
    : "plain";
}

function runReference(backend: Backend, { node, types }: Step, inputs: readonly (Cell | undefined)[]): Cell[] {
  const law = coreOperators.get(node.op)!;
  const outputs = law.evaluate(inputs.map((cell) => cell?.numbers()) as never, node.attributes as never, types);
  return outputs.map((output, i) => Cell.ofNumbers(backend.tf, { ...output, dtype: types[i]!.dtype }));
}
