import { amount, choice, count, seed, site, toggle, type OptionsOf } from "../option.ts";

export const dissectionOptions = {
  site: site(
    { label: "Layer", description: "The site whose units are dissected. If empty, a late one with at most 512 units." },
    "grid",
  ),
  variant: choice(["paper", "lite", "compositional"], {
    label: "Variant",
    description:
      "paper: Bau et al. 2017. lite: as NetDissect-Lite computes it. compositional: labels are formulas of concepts joined by AND, OR and AND NOT.",
  }),
  quantile: amount(0.005, 0.0001, 0.2, {
    label: "Active share",
    description: "The share of a unit's raw activations, over all pictures and positions, that count as active.",
  }),
  limit: amount(0.04, 0, 1, {
    label: "Detector limit",
    description: "A unit whose best IoU is above it is a detector.",
  }),
  points: count(112, 8, 448, {
    label: "Points per side",
    description: "Masks are compared at a grid of so many points per side of the model's input.",
  }),
  length: count(3, 1, 6, {
    label: "Formula length",
    description: "compositional: the number of concepts in a formula.",
  }),
  beam: count(5, 1, 50, { label: "Beam", description: "compositional: the number of formulas kept at each step." }),
  shuffles: count(50, 0, 1000, {
    label: "Shuffles",
    description:
      "How often masks are exchanged between pictures, to measure the IoU that chance gives. 0 leaves it out.",
  }),
  bootstraps: count(50, 0, 1000, {
    label: "Bootstrap samples",
    description: "How often pictures are drawn again, to measure how stable a label is. 0 leaves it out.",
  }),
  ablations: count(4, 0, 64, {
    label: "Ablated pictures",
    description:
      "Each unit is set to 0 on so many pictures, those with its greatest activation, to measure what the classes lose. 0 leaves it out.",
  }),
  random: toggle(true, {
    label: "Random-weights control",
    description: "The same dissection of the network with random weights.",
  }),
  rotated: toggle(true, {
    label: "Rotated-basis control",
    description: "The same dissection after a random rotation of the units.",
  }),
  seed: seed(),
};

export type DissectionOptions = OptionsOf<typeof dissectionOptions>;
