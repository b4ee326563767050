import { toFloat64 } from "../../tensor/tensor.ts";
import { analysis, type RunContext } from "../analysis.ts";
import { rowsOf } from "../network.ts";
import type { OptionTable } from "../option.ts";
import { explained, saturation } from "./explained.ts";
import { pixelMap } from "./heatmap.ts";
import { slopeCheck } from "./slope-check.ts";

/**
 * The gradient of the target with respect to the input, ∂F/∂x (Simonyan, Vedaldi, Zisserman 2013, §3).
 * Cost: one gradient, and two evaluations to check it.
 */
export const gradient = analysis("gradient", {
  family: "attribution",
  title: "Gradient",
  formula: "aᵢ = ∂F(x)/∂xᵢ",
  quick: true,
  summary: "How the target would change if a pixel changed slightly: the slope at exactly this input.",
  cost: "one gradient, two to check it",
  paper: {
    title: "Deep Inside Convolutional Networks: Visualising Image Classification Models and Saliency Maps",
    authors: "Simonyan, Vedaldi, Zisserman",
    year: 2013,
    link: "https://arxiv.org/abs/1312.6034",
  },
  takes: "picture",
  gives: "heatmap",
  options: {},
  needsTarget: true,
  async *run(context) {
    const { score, slope } = await slopeAt(context);
    return {
      data: pixelMap(context.network, slope),
      certificate: [explained(context, score), ...saturation(slope), ...(await slopeCheck(context, score, slope))],
    };
  },
});

/** The target's value and its gradient at the input, in the model's layout. */
export async function slopeAt({
  network,
  input,
  target,
}: Pick<RunContext<"picture", OptionTable>, "network" | "input" | "target">): Promise<{
  score: number;
  slope: Float64Array;
}> {
  for await (const { scores, gradients } of network.gradients(rowsOf(input), target, { wrt: [network.source.input] })) {
    return { score: scores[0]!, slope: toFloat64(gradients[0]!) };
  }
  throw new RangeError("a gradient needs one input");
}
