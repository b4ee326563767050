import { amount, choice, count, seed, sites, toggle, type OptionsOf } from "../option.ts";

export const probeOptions = {
  sites: sites({
    label: "Sites",
    description: "Site names, separated by commas. If empty, ten sites spread evenly over the depth.",
  }),
  pooling: choice(["mean", "max", "position"], {
    label: "Pooling",
    description:
      "How an activation becomes one vector per sample: its mean, its maximum, or a 2 × 2 grid of positions.",
  }),
  testShare: amount(0.25, 0.05, 0.5, {
    label: "Test share",
    description:
      "Share of the rows held out for testing, unless the data specify a split. A probe is never scored on its training rows.",
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
  shuffled: toggle(true, { label: "Shuffled-labels control", description: "The same probes on shuffled labels." }),
  raw: toggle(true, { label: "Raw-input control", description: "A probe of the input itself." }),
};

export type ProbeOptions = OptionsOf<typeof probeOptions>;
