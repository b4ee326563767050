import { float32, toFloat64 } from "../../tensor/tensor.ts";
import type { Check } from "../../protocol/result.ts";
import { analysis, type RunContext } from "../analysis.ts";
import { rowsOf } from "../network.ts";
import type { OptionTable } from "../option.ts";
import { explained, saturation } from "./explained.ts";
import { slopeAt } from "./gradient.ts";
import { pixelMap } from "./heatmap.ts";
import { slopeCheck } from "./slope-check.ts";

/**
 * Gradient × input: aᵢ = xᵢ·∂F/∂xᵢ (Shrikumar, Greenside, Shcherbina, Kundaje 2016, §2).
 * Cost: one gradient, and three evaluations to check it.
 */
export const inputGradient = analysis("input-gradient", {
  family: "attribution",
  title: "Gradient × input",
  formula: "aᵢ = xᵢ · ∂F(x)/∂xᵢ",
  quick: true,
  summary: "The slope times the input: each pixel's share of the target if the network were linear.",
  cost: "one gradient, three to check it",
  paper: {
    title: "Not Just a Black Box: Learning Important Features Through Propagating Activation Differences",
    authors: "Shrikumar, Greenside, Shcherbina, Kundaje",
    year: 2016,
    link: "https://arxiv.org/abs/1605.01713",
  },
  takes: "picture",
  gives: "heatmap",
  options: {},
  needsTarget: true,
  async *run(context) {
    const { score, slope } = await slopeAt(context);
    const input = toFloat64(context.input);
    const product = slope.map((value, i) => value * input[i]!);
    return {
      data: pixelMap(context.network, product),
      certificate: [
        explained(context, score),
        ...saturation(slope),
        ...(await slopeCheck(context, score, slope)),
        await sharesOfChange(context, score, product),
      ],
    };
  },
});

/** Compares Σ a with F(x) − F(0). They are equal in a linear network without bias; otherwise the difference shows how far the values are from being shares. */
async function sharesOfChange(
  { network, input, target }: RunContext<"picture", OptionTable>,
  score: number,
  product: Float64Array,
): Promise<Check> {
  const sum = product.reduce((total, value) => total + value, 0);
  let start = 0;
  const zero = float32(input.shape, new Float32Array(product.length));
  for await (const { scores } of network.gradients(rowsOf(zero), target, { wrt: [network.source.input] }))
    start = scores[0]!;
  const change = score - start;
  return {
    id: "shares",
    label: "adds up to",
    status: "info",
    value: `${sum.toPrecision(3)} of ${change.toPrecision(3)}`,
    sentence: `The values add up to ${sum.toPrecision(3)}; the target changes by ${change.toPrecision(3)} from the zero input to this one. Only integrated gradients guarantee that the two are equal.`,
    numbers: { sum, change, start },
  };
}
