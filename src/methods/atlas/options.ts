import { amount, choice, count, seed, site, type OptionsOf } from "../option.ts";

export const atlasOptions = {
  site: site(
    {
      label: "Layer",
      description: "The site whose activations are laid out. If empty, a late one with at most 512 units.",
    },
    "grid",
  ),
  perPicture: count(1, 1, 4096, {
    label: "Positions per picture",
    description:
      "How many random positions of each picture are taken, away from its border if the layer has others. At most 20,000 in all.",
  }),
  distance: choice(["cosine", "euclidean"], {
    label: "Distance",
    description: "cosine: activations in the same direction are near, whatever their length.",
  }),
  neighbours: count(50, 2, 200, {
    label: "Neighbours",
    description: "How many neighbours of each activation the layout keeps near, itself included.",
  }),
  minimum: amount(0.05, 0, 0.99, {
    label: "Least distance",
    description: "How near to each other the layout may put two activations. Its groups have a width of about 1.",
  }),
  grid: count(12, 2, 20, { label: "Cells per side", description: "The grid over the layout." }),
  levels: count(2, 1, 3, {
    label: "Zoom levels",
    description: "Each level halves the cells' sides, so that it has four times as many.",
  }),
  least: count(3, 1, 1000, { label: "Least activations", description: "A cell with fewer activations is left empty." }),
  patch: amount(0.25, 0.05, 1, {
    label: "Patch",
    description:
      "The side of a real patch, as a share of the model's input. It says nothing about the receptive field.",
  }),
  seed: seed(),
};

export type AtlasOptions = OptionsOf<typeof atlasOptions>;
