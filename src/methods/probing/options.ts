import { amount, choice, count, seed, sites, toggle, type OptionsOf } from "../option.ts";

export const probeOptions = {
  sites: sites({
    label: "Sites",
    description: "Site names with commas between them; if empty, ten, spread evenly over the depth.",
  }),
  pooling: choice(["mean", "max", "position"], {
    label: "Pooling",
    description: "How an activation becomes one vector a sample: its mean, its maximum, or a 2 × 2 grid of positions.",
  }),
  testShare: amount(0.25, 0.05, 0.5, {
    label: "Test share",
    description:
      "Share of the rows that are held out for testing, unless the data have a split of their own. A probe is never scored on the rows that it learned from.",
  }),
  folds: count(5, 2, 20, {
    label: "Folds",
    description: "Folds of the training rows that choose the strength of regularization by cross-validation.",
  }),
  seed: seed(),
  random: toggle(true, {
    label: "Random-weights control",
    description: "The same probes on the network with random weights.",
  }),
  shuffled: toggle(true, {
    label: "Shuffled-labels control",
    description: "The same probes on labels in random order.",
  }),
  raw: toggle(true, { label: "Raw-input control", description: "A probe of the input itself." }),
};

export type ProbeOptions = OptionsOf<typeof probeOptions>;
