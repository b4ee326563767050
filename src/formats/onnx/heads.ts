import { formatShape, sameShape, sizeOf } from "../../tensor/shape.ts";
import { isFloat } from "../../tensor/dtype.ts";
import { producers, typeOf, type Graph, type Node, type ValueName } from "../../graph/graph.ts";
import type { AnyTraits } from "../../graph/operator.ts";
import { traitsOf } from "../../graph/ops/table.ts";

export interface Head {
  /** One score a class, before any softmax; nothing if the output is no classifier. */
  readonly logits: ValueName | undefined;
  /** Where the file computes them. */
  readonly probabilities: ValueName | undefined;
  /** What a person should know about the choice. */
  readonly note: string | undefined;
}

const outputActivations: Readonly<Record<NonNullable<AnyTraits["probabilities"]>, string>> = {
  softmax:
    "The model ends in a softmax: the target is the logit before it, because the gradient of a saturated probability vanishes.",
  "log-softmax": "The model ends in a log-softmax: the target is the logit before it.",
  sigmoid: "The model ends in a sigmoid, one independent score a class: the target is the logit before it.",
};

/**
 * What stands for a class in the model's first output that is a classifier's: the values that its
 * softmax or sigmoid squashes, looked for behind reshapes, or else the output itself.
 */
export function recogniseHead(graph: Graph): Head {
  const heads = graph.outputs.map((output) => headOf(graph, output));
  const found = heads.find(({ logits }) => logits !== undefined) ?? heads[0];
  return found ?? { logits: undefined, probabilities: undefined, note: "The model has no output." };
}

function headOf(graph: Graph, output: ValueName): Head {
  const made = producers(graph);
  let value = output;
  for (let node = made.get(value); node; node = made.get(value)) {
    const ending = traitsOf(node.op)?.probabilities;
    if (ending !== undefined && classesOf(graph, node.inputs[0]!) !== undefined) {
      return { logits: node.inputs[0]!, probabilities: output, note: outputActivations[ending] };
    }
    if (!keepsSamples(graph, node)) break;
    value = node.inputs[0]!;
  }
  if (classesOf(graph, output) !== undefined) return { logits: output, probabilities: undefined, note: undefined };
  const { dtype, shape } = typeOf(graph, output);
  const what =
    shape.length === 3 && isFloat(dtype)
      ? "a list of scores for each token or place, as language models give"
      : "no list of class scores";
  return {
    logits: undefined,
    probabilities: undefined,
    note: `The output "${output}" is ${dtype}${formatShape(shape)}: ${what}, so there is no class to explain.`,
  };
}

/** Only another arrangement of each sample's numbers. */
function keepsSamples(graph: Graph, { op, inputs, outputs }: Node): boolean {
  const input = inputs[0];
  if (input === null || input === undefined || !traitsOf(op)?.keepsOrder) return false;
  const same = sameShape(typeOf(graph, input).shape, typeOf(graph, outputs[0]!).shape);
  return same || classesOf(graph, input) !== undefined;
}

/** How many classes [batch, classes] or [batch, classes, 1, 1] has; nothing for any other shape. */
export function classesOf(graph: Graph, value: ValueName): number | undefined {
  const { dtype, shape } = typeOf(graph, value);
  if (!isFloat(dtype) || shape.length === 0) return undefined;
  const sample = shape.length === 1 ? shape : shape.slice(1);
  const classes = sizeOf(sample);
  return classes > 1 && sample.filter((extent) => extent !== 1).length === 1 ? classes : undefined;
}
