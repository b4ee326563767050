/**
 * Gradients read kernels flipped and transposed. ONNX Runtime would turn them when it loads a program, and each program
 * would hold its own turned copy: 40 MB and 200 ms of processor for ResNet-18's gradient. Here a turned weight is
 * a constant of its own, made once, kept in the store and mapped by every program.
 */
import { fold } from "../../graph/fold.ts";
import { typeOf, type Constant, type Graph, type Node } from "../../graph/graph.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { prune } from "../../graph/prune.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { isLarge } from "./emit.ts";

const turns: ReadonlySet<string> = new Set(["Transpose", "Slice"]);
/** Turning goes through float64; beyond this it would take more memory than it saves. */
const mostElements = 2 ** 24;

/** Constants by what they were turned from and how, so that a further program finds the same one. */
const known = new WeakMap<Constant, Map<string, Constant>>();

export function turnWeights(graph: Graph): Graph {
  const constants = new Map(graph.constants);
  const nodes = graph.nodes.filter((node) => {
    const [source] = node.inputs;
    const from = constants.get(source!);
    if (!turns.has(node.op) || from === undefined || !isLarge(from) || sizeOf(from.shape) > mostElements) return true;
    constants.set(node.outputs[0]!, turned(from, node, graph));
    return false;
  });
  return prune({ ...graph, nodes, constants });
}

function turned(from: Constant, node: Node, graph: Graph): Constant {
  const how = `${node.op} ${JSON.stringify(node.attributes)}`;
  const ways = known.get(from) ?? new Map<string, Constant>();
  known.set(from, ways);
  const made = ways.get(how) ?? fresh(from, node, graph, how);
  ways.set(how, made);
  return made;
}

function fresh(from: Constant, { inputs: [input], outputs: [output], ...node }: Node, graph: Graph, how: string): Constant {
  const part: Graph = { ...graph, inputs: [], outputs: [output!], sites: [], constants: new Map([[input!, from]]), nodes: [{ ...node, inputs: [input!], outputs: [output!] }] };
  // Folded anew each time: the store keeps the values, and held here as well they would take their memory twice.
  return { ...typeOf(graph, output!), load: () => fold(part, coreOperators).constants.get(output!)!.load(), identity: from.identity && `${how} of ${from.identity}` };
}
