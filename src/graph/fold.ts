import { isFloat } from "../tensor/dtype.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { sizeOf } from "../tensor/shape.ts";
import { narrow, type Array64 } from "./array64.ts";
import type { OperatorTable } from "./builder.ts";
import { evaluateNode, wideConstant } from "./evaluate.ts";
import { typeOf, type Constant, type Graph, type Node, type ValueName } from "./graph.ts";
import { multiplyAdds } from "./work.ts";

/** What folding may make of a file: a few bytes must become neither gigabytes nor hours. */
export interface FoldLimits {
  /** Elements of one result: larger than any real weight, far smaller than a ConstantOfShape bomb. */
  readonly each: number;
  /** Elements of all results. */
  readonly all: number;
  /** Multiplications and additions of all results: a few seconds in double precision. */
  readonly work: number;
}

const usualLimits: FoldLimits = { each: 2 ** 26, all: 2 ** 27, work: 2 ** 28 };

interface Folded {
  readonly node: Node;
  results: readonly Constant[] | undefined;
}

/**
 * Replaces every node whose inputs are constants by its result. What would pass a limit stays a node, which a runtime
 * computes. Folding is lazy: large results are computed when a runtime loads them.
 */
export function fold(graph: Graph, operators: OperatorTable, limits: Partial<FoldLimits> = {}): Graph {
  const { each, all, work } = { ...usualLimits, ...limits };
  const constants = new Map(graph.constants);
  const folded = new Map<ValueName, Folded>();
  const shapeOf = (name: ValueName) => typeOf(graph, name).shape;
  let elements = 0;
  let spent = 0;

  const evaluateFolded = (node: Node): readonly Constant[] => {
    const load = (name: ValueName): Array64 => wideConstant(constants.get(name)!);
    return evaluateNode(graph, node, load, operators).map((value, i) => {
      const { dtype } = typeOf(graph, node.outputs[i]!);
      const result = narrow(value, isFloat(dtype) ? dtype : value.dtype);
      return { dtype: result.dtype, shape: result.shape, load: () => result };
    });
  };
  /** In a loop, because a chain of folded nodes may be longer than the call stack. */
  const resultsOf = (wanted: Folded): readonly Constant[] => {
    const pending = [wanted];
    for (let entry = pending.at(-1); entry !== undefined; entry = pending.at(-1)) {
      const before = entry.results ? [] : entry.node.inputs.flatMap((name) => folded.get(name ?? "") ?? []);
      const missing = before.filter(({ results }) => results === undefined);
      if (missing.length === 0) {
        entry.results ??= evaluateFolded(entry.node);
        pending.pop();
      }
      pending.push(...missing);
    }
    return wanted.results!;
  };

  const nodes = graph.nodes.filter((node) => {
    if (!node.inputs.every((input) => input === null || constants.has(input))) return true;
    const sizes = node.outputs.map((output) => sizeOf(shapeOf(output)));
    const size = sizes.reduce((sum, one) => sum + one, 0);
    const cost = multiplyAdds(node, shapeOf, operators.get(node.op)!);
    if (sizes.some((one) => one > each) || elements + size > all || spent + cost > work) return true;
    elements += size;
    spent += cost;
    const entry: Folded = { node, results: undefined };
    node.outputs.forEach((output, i) => {
      folded.set(output, entry);
      constants.set(output, { ...typeOf(graph, output), load: () => resultsOf(entry)[i]!.load(), folded: true });
    });
    return false;
  });
  return { ...graph, nodes, constants };
}

/** A tenth of a second for a runtime. Exporters fold products of weights themselves. */
const mostConstantWork = 2 ** 33;

/** Refuses a graph whose constant parts would take too long to compute, e.g. a few weights that are multiplied again and again. */
export function refuseCostlyConstants(graph: Graph, operators: OperatorTable): void {
  const constant = new Set<ValueName>(graph.constants.keys());
  const shapeOf = (name: ValueName) => typeOf(graph, name).shape;
  let work = 0;
  for (const node of graph.nodes) {
    if (!node.inputs.every((input) => input === null || constant.has(input))) continue;
    for (const output of node.outputs) constant.add(output);
    work += multiplyAdds(node, shapeOf, operators.get(node.op)!);
    if (work > mostConstantWork)
      throw new GlassboxError(
        "resource",
        `the model multiplies ${Math.round(work).toLocaleString("en")} numbers of its weights with each other, over the limit of ${mostConstantWork.toLocaleString("en")}`,
        { where: node.origin, hint: "Export it with constant folding, or simplify it with onnxsim." },
      );
  }
}
