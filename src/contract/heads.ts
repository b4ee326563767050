import { typeOf, type Graph, type ValueName } from "../graph/graph.ts";
import type { OutputKindName } from "../protocol/contract.ts";
import { isFloat } from "../tensor/dtype.ts";
import { formatShape } from "../tensor/shape.ts";
import { boxesOf } from "./boxes.ts";
import { endingOf, type EndingName } from "./ending.ts";
import type { Candidate, FoundHead, Hints } from "./found-head.ts";
import { kindOf } from "./output-kind.ts";

export interface OutputPort {
  readonly name: string;
  readonly value: ValueName;
}

/** What is explained where nobody chose: class scores before anything else. */
const preference: readonly OutputKindName[] = [
  "classes",
  "independent",
  "binary",
  "boxes",
  "segmentation",
  "number",
  "pixels",
  "embedding",
  "sequence",
];

/** Everything in a network's outputs that can be explained, the one that is explained by itself first. */
export function headsOf(
  graph: Graph,
  outputs: readonly OutputPort[],
  hints: Hints,
): { readonly heads: readonly FoundHead[]; readonly unexplained: string | undefined } {
  const candidates = candidatesOf(graph, outputs);
  const boxes = boxesOf(candidates, hints);
  const own = candidates.filter(({ output }) => !boxes?.output.split(", ").includes(output));
  const all = [...(boxes ? [boxes] : []), ...own.flatMap((each) => kindOf(each, hints, undefined) ?? [])];
  const rank = ({ output, kind }: FoundHead): number =>
    output === hints.said?.output ? -1 : preference.indexOf(kind.value.is) + (/aux/i.test(output) ? 0.5 : 0);
  const [first, ...others] = all
    .map((head, i) => ({ head, i }))
    .sort((a, b) => rank(a.head) - rank(b.head) || a.i - b.i);
  if (first === undefined) return { heads: [], unexplained: unexplained(graph, outputs) };
  // What a person says of the kind, they say of the output that is explained.
  const corrected = own.find(({ output }) => output === first.head.output);
  const chosen = (corrected && kindOf(corrected, hints, hints.said?.kind)) ?? first.head;
  return { heads: [chosen, ...others.map(({ head }) => head)], unexplained: undefined };
}

/** Last steps behind which the scores are that are explained; the others only bound the numbers that are given out. */
const squashes: ReadonlySet<EndingName> = new Set(["softmax", "log-softmax", "sigmoid", "argmax", "unit-length"]);

/** Each output once: one that only squashes another's scores is the same head. */
function candidatesOf(graph: Graph, outputs: readonly OutputPort[]): readonly Candidate[] {
  const values = new Set(outputs.map(({ value }) => value));
  const upstream = new Map(outputs.map(({ value }) => [value, ancestors(graph, value)] as const));
  const found = outputs.flatMap(({ name, value }): Candidate[] => {
    const ending = endingOf(graph, value);
    const scores = ending && squashes.has(ending.is) ? ending.scores : value;
    const { dtype, shape } = typeOf(graph, scores);
    if (!isFloat(dtype)) return [];
    const feedsAnother = [...values].some((other) => other !== value && upstream.get(other)!.has(value));
    return [{ output: name, value, given: typeOf(graph, value).shape, ending, scores, shape, feedsAnother }];
  });
  // Of logits and their own softmax, the softmax says what they are.
  const sameScores = ({ scores }: Candidate): Candidate[] => found.filter((each) => each.scores === scores);
  return found.filter((each) => {
    const same = sameScores(each);
    return each === (same.find(({ value, scores }) => value !== scores) ?? same[0]);
  });
}

function ancestors(graph: Graph, value: ValueName): ReadonlySet<ValueName> {
  const found = new Set<ValueName>([value]);
  for (const node of graph.nodes.toReversed())
    if (node.outputs.some((output) => found.has(output)))
      for (const input of node.inputs) if (input !== null) found.add(input);
  return found;
}

function unexplained(graph: Graph, outputs: readonly OutputPort[]): string {
  const [first] = outputs;
  if (first === undefined) return "The model has no output.";
  const { dtype, shape } = typeOf(graph, first.value);
  return `The output "${first.name}" is ${dtype}${formatShape(shape)}, which is no kind of output that is known here, so there is nothing to explain.`;
}
