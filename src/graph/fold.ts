import { isFloat } from "../tensor/dtype.ts";
import { sizeOf } from "../tensor/shape.ts";
import { narrow, type Array64 } from "./array64.ts";
import type { OperatorTable } from "./builder.ts";
import { evaluateNode, wideConstant } from "./evaluate.ts";
import { typeOf, type Constant, type Graph, type ValueName } from "./graph.ts";

/** 64 Mi elements: larger than any real weight, far smaller than a ConstantOfShape bomb. */
const defaultCap = 2 ** 26;

/**
 * Replaces every node whose inputs are constants by its result. A result above `cap` elements stays a node: a file of a
 * few bytes must not become gigabytes. Folding is lazy: large results are computed when a runtime loads them.
 */
export function fold(graph: Graph, operators: OperatorTable, cap: number = defaultCap): Graph {
  const constants = new Map(graph.constants);
  const nodes = graph.nodes.filter((node) => {
    const foldable = node.inputs.every((input) => input === null || constants.has(input));
    if (!foldable || node.outputs.some((output) => sizeOf(typeOf(graph, output).shape) > cap)) return true;
    let computed: readonly Constant[] | undefined;
    const compute = (): readonly Constant[] => {
      const load = (name: ValueName): Array64 => wideConstant(constants.get(name)!);
      return (computed ??= evaluateNode(graph, node, load, operators).map((value, i) => {
        const { dtype } = typeOf(graph, node.outputs[i]!);
        const result = narrow(value, isFloat(dtype) ? dtype : value.dtype);
        return { dtype: result.dtype, shape: result.shape, load: () => result };
      }));
    };
    node.outputs.forEach((output, i) =>
      constants.set(output, { ...typeOf(graph, output), load: () => compute()[i]!.load() }),
    );
    return false;
  });
  return { ...graph, nodes, constants };
}
