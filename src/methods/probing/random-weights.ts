import { consumers, typeOf, type Constant, type Graph, type Node, type ValueName } from "../../graph/graph.ts";
import { traitsOf } from "../../graph/ops/table.ts";
import type { Initialization } from "../../graph/traits.ts";
import { isFloat } from "../../tensor/dtype.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { Random } from "../../tensor/random.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { fromFloat64, toFloat64, type TensorType } from "../../tensor/tensor.ts";
import type { NetworkSource } from "../network.ts";

/**
 * The random-weights control, the same network before training: He-normal weights N(0, 2/fan-in) (He, Zhang, Ren, Sun 2015),
 * biases 0, and identity normalisations. A probe's score on it comes from the architecture and the input, not from training.
 * Equal seeds give equal weights.
 */
export function withRandomWeights(source: NetworkSource, seed: number): NetworkSource {
  const replaced = new Map<ValueName, Constant>();
  return {
    ...source,
    hash: `${source.hash} random ${seed}`,
    at: (batch) => {
      const graph = source.at(batch);
      const readers = consumers(graph);
      // All batch sizes share one constant, so that its numbers are drawn and stored once.
      const constants = [...graph.constants].map(([name, constant]) => {
        const replacement =
          replaced.get(name) ??
          replacementOf(name, constant, readers.get(name) ?? [], graph, `${source.hash} ${seed}`, seed);
        replaced.set(name, replacement);
        return [name, replacement] as const;
      });
      return { ...graph, constants: new Map(constants) };
    },
  };
}

function replacementOf(
  name: ValueName,
  constant: Constant,
  readers: readonly Node[],
  graph: Graph,
  identity: string,
  seed: number,
): Constant {
  const start = readers.map((node) => initialization(node, name, constant, graph)).find((each) => each !== undefined);
  if (start === undefined) return constant;
  const { dtype, shape } = constant;
  const draw = (): Float64Array => {
    if (start.kind === "constant") return new Float64Array(sizeOf(shape)).fill(start.value);
    const random = new Random(hashOf(name) ^ Math.imul(seed + 1, 0x9e3779b1));
    const deviation = Math.sqrt(2 / start.fanIn);
    const values = random.normals(sizeOf(shape));
    for (let i = 0; i < values.length; i++) values[i] = values[i]! * deviation;
    return values;
  };
  return {
    dtype,
    shape,
    load: () => fromFloat64(dtype, shape, draw()),
    identity: `random weights ${identity} ${name} ${dtype} ${shape.join(",")}`,
  };
}

/** The initialization of a value before training, by the operator that reads it; `undefined` for settings, which stay unchanged. */
function initialization(node: Node, name: ValueName, value: TensorType, graph: Graph): Initialization | undefined {
  if (!isFloat(value.dtype)) return undefined;
  const traits = traitsOf(node.op);
  const parameters = traits?.parameters;
  if (parameters !== undefined) {
    const parameter = typeof parameters === "function" ? parameters : parameters[node.inputs.indexOf(name)];
    const start = parameter?.(value.shape, node.attributes as never);
    const padding = traits?.kind === "rearranges" && start?.kind === "constant" && isPadding(graph.constants.get(name));
    return padding ? undefined : start;
  }
  if (traits?.kind !== "rearranges") throw unknownParameter(node, name);
  // The reader of the rearranged value determines its initialization.
  const [output] = node.outputs;
  const reader = graph.nodes.find(({ inputs }) => inputs.includes(output!));
  return reader && initialization(reader, output!, typeOf(graph, output!), graph);
}

/** A constant whose elements are all equal is padding when it is concatenated. */
function isPadding(constant: Constant | undefined): boolean {
  if (constant === undefined) return false;
  const values = toFloat64(constant.load());
  return values.every((value) => value === values[0]);
}

const unknownParameter = ({ op, origin }: Node, name: ValueName): GlassboxError =>
  new GlassboxError(
    "unsupported",
    `the random-weights control cannot be made: the operator ${op} reads the constant "${name}", and its initialization is unknown`,
    {
      where: origin && `node "${origin}"`,
      hint: "Omit the control (--no-random, or random: false), and please report which model this is.",
    },
  );

/** FNV-1a, so that each parameter gets different noise that does not depend on the order. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
