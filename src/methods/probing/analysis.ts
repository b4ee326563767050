import { analysis } from "../analysis.ts";
import { amount, choice, count, seed, toggle, words } from "../option.ts";

export const linearProbes = analysis("linear-probes", {
  title: "Linear probes",
  summary:
    "At which layers a label is linearly decodable, compared with a random-weights control, shuffled labels, the raw input and the majority class.",
  cost: "one evaluation per sample, then a fit for each site and control",
  takes: "data",
  paper: {
    title: "Understanding intermediate layers using linear classifier probes",
    authors: "Alain, Bengio",
    year: 2016,
    link: "https://arxiv.org/abs/1610.01644",
  },
  options: {
    sites: words("", {
      label: "Sites",
      description: "Names separated by commas. If empty, ten sites spread over the depth.",
    }),
    pooling: choice(["mean", "max", "position"], {
      label: "Pooling",
      description: "How an activation becomes one vector per sample; position keeps a 2 × 2 grid.",
    }),
    testShare: amount(0.25, 0.05, 0.5, {
      label: "Test share",
      description:
        "Share of the rows used only for testing, unless the data specify a split. A probe is never scored on its training rows.",
    }),
    folds: count(5, 2, 20, {
      label: "Folds",
      description: "Number of cross-validation folds for choosing the regularization.",
    }),
    seed: seed(),
    random: toggle(true, {
      label: "Random-weights control",
      description: "The same probes on the network with random weights.",
    }),
    shuffled: toggle(true, { label: "Shuffled labels", description: "The same probes on shuffled labels." }),
    raw: toggle(true, { label: "Raw input", description: "A probe of the input itself." }),
  },
});
