import { typeOf, type Graph, type Site, type ValueName } from "../../graph/graph.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { toFloat64 } from "../../tensor/tensor.ts";
import { analysis } from "../analysis.ts";
import { rowsOf, type Network } from "../network.ts";
import { choice, site as siteOption } from "../option.ts";
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
    const [, channels, rows, columns] = typeOf(network.graph, site.value).shape;
    if (channels === undefined || rows === undefined || columns === undefined) {
      throw new GlassboxError("option", `${site.name} has no grid of rows and columns`, {
        hint: `Choose one of: ${grids(network)
          .slice(-8)
          .map(({ name }) => name)
          .join(", ")}.`,
      });
    }
    for await (const { scores, gradients, values } of network.gradients(rowsOf(input), target, {
      wrt: [site.value],
      also: [site.value],
    })) {
      const slope = toFloat64(gradients[0]!);
      const signed = weightedSum(toFloat64(values[0]!), slope, channels);
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

function weightedSum(activation: Float64Array, slope: Float64Array, channels: number): Float64Array {
  const area = activation.length / channels;
  const map = new Float64Array(area);
  for (let c = 0; c < channels; c++) {
    let weight = 0;
    for (let i = 0; i < area; i++) weight += slope[c * area + i]! / area;
    for (let i = 0; i < area; i++) map[i] = map[i]! + weight * activation[c * area + i]!;
  }
  return map;
}

/**
 * The last site with a spatial grid, in the order of computation. A site that already has a channel for each class is
 * skipped: weighting it by the gradient of one class would only select that channel.
 */
function lastGrid(network: Network): Site {
  const candidates = grids(network);
  const last =
    candidates.findLast(({ value }) => typeOf(network.graph, value).shape[1] !== network.classes) ?? candidates.at(-1);
  if (last === undefined)
    throw new GlassboxError("unsupported", "the model has no layer with a grid of rows and columns", {
      hint: "Grad-CAM needs a convolutional layer; use integrated gradients or SmoothGrad.",
    });
  return last;
}

export function grids({ graph, source }: Network): readonly Site[] {
  const upstream = ancestors(graph, source.logits);
  return graph.sites.filter(({ value }) => {
    const { shape } = typeOf(graph, value);
    return upstream.has(value) && value !== source.input && shape.length === 4 && shape[2]! * shape[3]! > 1;
  });
}

function ancestors(graph: Graph, value: ValueName): ReadonlySet<ValueName> {
  const found = new Set<ValueName>([value]);
  for (const node of graph.nodes.toReversed()) {
    if (node.outputs.some((output) => found.has(output)))
      for (const input of node.inputs) if (input !== null) found.add(input);
  }
  return found;
}
