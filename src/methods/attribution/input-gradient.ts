import { toFloat64 } from "../../tensor/tensor.ts";
import { method } from "../method.ts";
import { explained, saturation } from "./explained.ts";
import { slopeAt } from "./gradient.ts";
import { pixelMap } from "./heatmap.ts";

/**
 * Gradient × input: aᵢ = xᵢ·∂F/∂xᵢ (Shrikumar, Greenside, Shcherbina, Kundaje 2016, §2).
 * Cost: one gradient.
 */
export const inputGradient = method("input-gradient", {
  title: "Gradient × input",
  summary: "The slope times the value it stands on: each pixel's share of the target, were the network linear.",
  cost: "one gradient",
  paper: {
    title: "Not Just a Black Box: Learning Important Features Through Propagating Activation Differences",
    authors: "Shrikumar, Greenside, Shcherbina, Kundaje",
    year: 2016,
    link: "https://arxiv.org/abs/1605.01713",
  },
  options: {},
  needsTarget: true,
  async *run(context) {
    const { score, slope } = await slopeAt(context);
    const input = toFloat64(context.input);
    const product = slope.map((value, i) => value * input[i]!);
    return { data: pixelMap(context.network, product), certificate: [explained(context, score), ...saturation(slope)] };
  },
});
