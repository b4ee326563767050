import { typeOf } from "../../graph/graph.ts";
import { toFloat64 } from "../../tensor/tensor.ts";
import { analysis } from "../analysis.ts";
import { inputExtent, type Network } from "../network.ts";
import { count } from "../option.ts";
import { describeOutput } from "./describe-output.ts";
import type { OutputOf } from "./described.ts";

/** What the model gives out, said as what it is: classes, scores, a number, pixels, boxes. Cost: one forward pass. */
export const prediction = analysis("prediction", {
  family: "prediction",
  title: "Prediction",
  formula: "pᵢ = exp(zᵢ) / Σⱼ exp(zⱼ)",
  quick: true,
  summary:
    "What the model says: its classes by probability, or the scores, numbers, regions or boxes that it gives out.",
  cost: "one forward pass",
  paper: undefined,
  takes: "picture",
  gives: "model-output",
  options: {
    top: count(5, 1, 10000, {
      label: "Classes",
      description: "How many of the top classes, regions or boxes are listed.",
    }),
  },
  needsTarget: false,
  async *run({ network, input, options }) {
    const values = toFloat64(await network.logits(input));
    return describeOutput(outputOf(network, values, options.top), network.output);
  },
});

/** The numbers of one input's output with what they are called. */
export const outputOf = (network: Network, values: Float64Array, top: number): OutputOf => ({
  values,
  shape: typeOf(network.graph, network.source.logits).shape.slice(1),
  top,
  names: network.source.classNames,
  extent: inputExtent(network),
});
