import { coreOperators } from "../../graph/ops/table.ts";
import { deconvnetRule } from "../../graph/transform/rectified.ts";
import { analysis } from "../analysis.ts";
import { rectifiedMap } from "./rectified-map.ts";

/**
 * Deconvnet (Zeiler, Fergus 2014, §2.1): rectifiers rectify the cotangent instead of masking it by the sign of their input.
 * Cost: one gradient.
 */
export const deconvnet = analysis("deconvnet", {
  family: "attribution",
  title: "Deconvnet",
  formula: "backward through each ReLU: Rˡ = 1[Rˡ⁺¹ > 0] · Rˡ⁺¹",
  quick: true,
  summary: "The target projected back to the image through rectifiers: it shows the path, and is not a gradient.",
  cost: "one gradient",
  paper: {
    title: "Visualizing and Understanding Convolutional Networks",
    authors: "Zeiler, Fergus",
    year: 2014,
    link: "https://arxiv.org/abs/1311.2901",
  },
  takes: "picture",
  gives: "heatmap",
  options: {},
  needsTarget: true,
  run: (context) => rectifiedMap(context, "deconvnet", deconvnetRule(coreOperators)),
});
