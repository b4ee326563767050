import { analysis } from "../analysis.ts";
import { amount, choice, count, seed, toggle } from "../option.ts";

export const maximizedActivation = analysis("maximized-activation", {
  title: "Maximized activation",
  summary: "The picture that activates a unit most, and whether to trust it.",
  cost: "one gradient per step",
  takes: "unit",
  paper: {
    title: "Feature Visualization",
    authors: "Olah, Mordvintsev, Schubert",
    year: 2017,
    link: "https://doi.org/10.23915/distill.00007",
  },
  options: {
    preset: choice(["glassbox", "lucid", "pixel"], {
      label: "Preset",
      description:
        "How the picture is parametrized and transformed during optimization; pixel is plain gradient ascent on pixels, for comparison.",
    }),
    range: choice(["sigmoid", "soft"], {
      label: "Range",
      description:
        "How colours are limited to their range: by a sigmoid, or by a soft curve, from which saturated pixels can recover.",
    }),
    size: count(128, 16, 512, { label: "Size", description: "Number of rows and columns of the picture." }),
    steps: count(256, 1, 4096, { label: "Steps", description: "Number of optimizer steps." }),
    images: count(1, 1, 16, {
      label: "Pictures",
      description: "Number of pictures per objective, from different noise.",
    }),
    seed: seed(),
    learningRate: amount(0, 0, 10, {
      label: "Learning rate",
      description: "Learning rate of Adam; 0 uses the preset's.",
    }),
    totalVariation: amount(0, 0, 1e6, {
      label: "Total variation",
      description: "Weight of the mean absolute difference of neighbouring pixels.",
    }),
    l2: amount(0, 0, 1e6, { label: "L2", description: "Weight of the mean squared distance from middle grey." }),
    portable: toggle(false, {
      label: "Same on every machine",
      description:
        "Computes in WebAssembly, which gives the same result on every machine and takes about ten times as long.",
    }),
  },
});
