import { analysis } from "../analysis.ts";
import { amount, choice, count, seed, toggle } from "../option.ts";

export const maximizedActivation = analysis("maximized-activation", {
  title: "Maximized activation",
  summary: "The picture that excites a unit most, and whether to believe it.",
  cost: "one gradient a step",
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
      description: "How the picture is coded and moved while it grows; pixel is plain ascent on pixels, to compare.",
    }),
    range: choice(["sigmoid", "soft"], {
      label: "Range",
      description:
        "What takes colours into their range: a sigmoid, or a soft curve, from which a saturated pixel can come back.",
    }),
    size: count(128, 16, 512, { label: "Size", description: "Rows and columns of the picture." }),
    steps: count(256, 1, 4096, { label: "Steps", description: "Steps of the optimiser." }),
    images: count(1, 1, 16, { label: "Pictures", description: "Pictures of each objective, from different noise." }),
    seed: seed(),
    learningRate: amount(0, 0, 10, { label: "Learning rate", description: "Of Adam; 0 takes the preset's." }),
    totalVariation: amount(0, 0, 1e6, {
      label: "Total variation",
      description: "Weight of the mean difference of neighbouring pixels.",
    }),
    l2: amount(0, 0, 1e6, { label: "L2", description: "Weight of the mean squared distance from middle grey." }),
    portable: toggle(false, {
      label: "Same on every machine",
      description: "Computed in WebAssembly, which rounds alike on every processor and takes about ten times as long.",
    }),
  },
});
