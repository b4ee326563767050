import { layoutOf, namesOf, placesOf, type Layout, type PositionGrid } from "../../graph/axes/layout.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { toFloat64 } from "../../tensor/tensor.ts";
import { analysis } from "../analysis.ts";
import { rowsOf } from "../network.ts";
import { choice, site as siteOption } from "../option.ts";
import { grids, lastGrid } from "./cam-layer.ts";
import { explained, saturation } from "./explained.ts";
import { cellMap } from "./heatmap.ts";

/**
 * Grad-CAM (Selvaraju, Cogswell, Das, Vedantam, Parikh, Batra 2017, eq. 1 and 2): channels weighted by
 * their mean gradient, αₖ = 1/Z Σᵢⱼ ∂F/∂Aᵏᵢⱼ, map = ReLU(Σₖ αₖ Aᵏ). Cost: one gradient.
 */
export const gradCam = analysis("grad-cam", {
  family: "attribution",
  title: "Grad-CAM",
  formula: "map = ReLU(Σₖ αₖ Aᵏ), αₖ = 1/Z Σᵢⱼ ∂F/∂Aᵏᵢⱼ",
  byDefault: true,
  quick: true,
  summary: "The cells of a late layer that support the target: coarse, but about parts rather than pixels.",
  cost: "one gradient",
  paper: {
    title: "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization",
    authors: "Selvaraju, Cogswell, Das, Vedantam, Parikh, Batra",
    year: 2017,
    link: "https://arxiv.org/abs/1610.02391",
  },
  takes: "picture",
  gives: "heatmap",
  options: {
    layer: siteOption(
      {
        label: "Layer",
        description: "The site whose activations are weighted. If empty, the last site with a spatial grid.",
      },
      "grid",
    ),
    evidence: choice(["positive", "signed"], {
      label: "Evidence",
      description: "Positive keeps evidence for the target (the paper's ReLU); signed also keeps evidence against it.",
    }),
  },
  needsTarget: true,
  async *run(context) {
    const { network, input, target, options } = context;
    const site = options.layer === "" ? lastGrid(network) : network.site(options.layer);
    const layout = layoutOf(network.graph, site.value);
    if (layout?.grid === undefined) {
      const axes = namesOf(network.graph, site.value).join(" × ");
      throw new GlassboxError("option", `${site.name} has no grid of rows and columns: its axes are ${axes}`, {
        hint: `Choose one of: ${grids(network)
          .slice(-8)
          .map(({ name }) => name)
          .join(", ")}.`,
      });
    }
    const { rows, columns } = layout.grid;
    for await (const { scores, gradients, values } of network.gradients(rowsOf(input), target, {
      wrt: [site.value],
      also: [site.value],
    })) {
      const slope = toFloat64(gradients[0]!);
      const signed = weightedSum(toFloat64(values[0]!), slope, layout, layout.grid);
      const positive = signed.map((value) => Math.max(0, value));
      const onlyAgainst =
        options.evidence === "positive" && positive.every((value) => value === 0) && signed.some((value) => value < 0);
      return {
        data: cellMap(
          network,
          options.evidence === "positive" ? positive : signed,
          [rows, columns],
          site.name,
          onlyAgainst
            ? `Every cell of ${site.name} is evidence against the target, so the positive part is empty. Show the signed evidence.`
            : undefined,
        ),
        certificate: [
          explained(context, scores[0]!),
          ...saturation(slope),
          {
            id: "cells",
            label: "resolution",
            status: "info",
            value: `${rows} × ${columns} cells`,
            sentence: `Computed at ${site.name}; detail finer than its ${rows} × ${columns} cells is interpolation.`,
            numbers: { rows, columns },
          },
        ],
      };
    }
    throw new RangeError("a class activation map needs one input");
  },
});

/** Σₖ αₖ Aᵏ at each cell, in whatever order the value holds channels and cells. Positions that are no cells have no part. */
function weightedSum(
  activation: Float64Array,
  slope: Float64Array,
  layout: Layout,
  { at }: PositionGrid,
): Float64Array {
  const { channel, position } = placesOf(layout);
  const cells = at.map((index) => position[index]!);
  const map = new Float64Array(cells.length);
  for (const from of channel) {
    let weight = 0;
    for (const cell of cells) weight += slope[from + cell]! / cells.length;
    cells.forEach((cell, i) => (map[i] = map[i]! + weight * activation[from + cell]!));
  }
  return map;
}
