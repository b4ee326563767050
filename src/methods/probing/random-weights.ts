import { consumers, type Constant, type Graph, type Node, type ValueName } from "../../graph/graph.ts";
import { isFloat } from "../../tensor/dtype.ts";
import { Random } from "../../tensor/random.ts";
import { sizeOf, type Shape } from "../../tensor/shape.ts";
import { fromFloat64 } from "../../tensor/tensor.ts";
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

/** The role of a parameter, which follows from the operator that reads it and the input position. */
type Role =
  { readonly kind: "weight"; readonly fanIn: number } | { readonly kind: "fill"; readonly value: number } | undefined;

function replacementOf(
  name: ValueName,
  constant: Constant,
  readers: readonly Node[],
  graph: Graph,
  identity: string,
  seed: number,
): Constant {
  const role = readers
    .map((node) => roleOf(node, node.inputs.indexOf(name), constant, graph))
    .find((each) => each !== undefined);
  if (role === undefined) return constant;
  const { dtype, shape } = constant;
  const draw = (): Float64Array => {
    if (role.kind === "fill") return new Float64Array(sizeOf(shape)).fill(role.value);
    const random = new Random(hashOf(name) ^ Math.imul(seed + 1, 0x9e3779b1));
    const deviation = Math.sqrt(2 / role.fanIn);
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

/** The role of an operator's input, by its position. Constants that are not parameters (bounds, exponents, sizes) have no role and stay unchanged. */
const roles: Readonly<Record<string, (position: number, shape: Shape, node: Node) => Role>> = {
  Conv: (position, shape) => (position === 1 ? weight(sizeOf(shape.slice(1))) : fill(0)),
  ConvTranspose: (position, shape) => (position === 1 ? weight(shape[0]! * sizeOf(shape.slice(2))) : fill(0)),
  Gemm: (position, shape, { attributes }) => (position < 2 ? weight(shape[attributes.transB ? 1 : 0]!) : fill(0)),
  MatMul: (_, shape) => (shape.length > 1 ? weight(shape.at(-2)!) : undefined),
  Gather: (position, shape) => (position === 0 && shape.length > 1 ? weight(2 * shape.at(-1)!) : undefined),
  BatchNormalization: (position) => fill(position === 1 || position === 4 ? 1 : 0),
  LayerNormalization: (position) => fill(position === 1 ? 1 : 0),
  GroupNormalization: (position) => fill(position === 1 ? 1 : 0),
  InstanceNormalization: (position) => fill(position === 1 ? 1 : 0),
  RMSNormalization: () => fill(1),
  Add: (_, shape) => (sizeOf(shape) > 1 ? fill(0) : undefined),
  Mul: (_, shape) => (sizeOf(shape) > 1 ? fill(1) : undefined),
  LSTM: (position, shape) => (position === 3 ? fill(0) : weight(shape.at(-1)!)),
  GRU: (position, shape) => (position === 3 ? fill(0) : weight(shape.at(-1)!)),
  RNN: (position, shape) => (position === 3 ? fill(0) : weight(shape.at(-1)!)),
};

function roleOf(node: Node, position: number, { dtype, shape }: Constant, graph: Graph): Role {
  if (!isFloat(dtype)) return undefined;
  // The weight is rearranged first: the operator that reads the rearranged weight determines the role.
  if (node.op === "Transpose" || node.op === "Reshape" || node.op === "Identity" || node.op === "Cast") {
    const [out] = node.outputs;
    const type = graph.types.get(out!)!;
    for (const next of graph.nodes) {
      const at = next.inputs.indexOf(out!);
      if (at >= 0)
        return roleOf(
          next,
          at,
          {
            ...type,
            dtype: type.dtype,
            load: () => {
              throw new RangeError("only the type of this constant may be used");
            },
          },
          graph,
        );
    }
    return undefined;
  }
  return roles[node.op]?.(position, shape, node);
}

const weight = (fanIn: number): Role => ({ kind: "weight", fanIn });
const fill = (value: number): Role => ({ kind: "fill", value });

/** FNV-1a, so that each parameter gets different noise that does not depend on the order. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
