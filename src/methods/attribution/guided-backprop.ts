import { coreOperators } from "../../graph/ops/table.ts";
import { guidedRule } from "../../graph/transform/rectified.ts";
import { analysis } from "../analysis.ts";
import { rectifiedMap } from "./rectified-map.ts";

/**
 * Guided backpropagation (Springenberg, Dosovitskiy, Brox, Riedmiller 2015, §3.4): the gradient, except that every
 * rectifier passes only positive cotangents. Cost: one gradient.
 */
export const guidedBackprop = analysis("guided-backprop", {
  family: "attribution",
  title: "Guided backpropagation",
  formula: "backward through each ReLU: Rˡ = 1[x > 0] · 1[Rˡ⁺¹ > 0] · Rˡ⁺¹",
  quick: true,
  summary:
    "The gradient with negative influences removed on the backward pass: sharp, but it draws nearly the same edges for every class.",
  cost: "one gradient",
  paper: {
    title: "Striving for Simplicity: The All Convolutional Net",
    authors: "Springenberg, Dosovitskiy, Brox, Riedmiller",
    year: 2015,
    link: "https://arxiv.org/abs/1412.6806",
  },
  takes: "picture",
  gives: "heatmap",
  options: {},
  needsTarget: true,
  run: (context) => rectifiedMap(context, "guided", guidedRule(coreOperators)),
});
