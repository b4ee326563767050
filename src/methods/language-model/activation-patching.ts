import { analysis, type RunContext } from "../analysis.ts";
import { choice, prompts } from "../option.ts";
import { likePrompt } from "./like-prompt.ts";
import { componentSite, meansOf, patchGrid, type Replacement, type GridLayer } from "./patch-grid.ts";
import {
  component,
  direction,
  fillGrid,
  layers,
  layersOf,
  metric,
  pairOf,
  position,
  runPair,
  type Pair,
  type PairRuns,
} from "./patched-pair.ts";
import { patchProgram } from "./transformer-lens.ts";

const options = {
  component,
  metric,
  direction,
  replacement: choice(["run", "zero", "mean"], {
    label: "Replacement",
    description:
      "What replaces an activation: its value in the other run, zero, or its mean over the prompts in `means`.",
  }),
  means: prompts({
    label: "Mean over",
    description: "Prompts whose tokens the mean is taken over, separated by |; the clean prompt if empty.",
  }),
  position,
  layers,
};

type Context = RunContext<"prompt", typeof options>;

/** Patches every activation in turn. Cost: one partial forward pass per cell, from the patched layer on. */
export const activationPatching = analysis("activation-patching", {
  family: "language-model",
  title: "Activation patching",
  summary:
    "Which activation at which position carries the answer: each is replaced in turn, and the rest of the model runs again.",
  command: { name: "patch" },
  cost: "one partial forward pass per cell",
  paper: {
    title: "How to use and interpret activation patching",
    authors: "Heimersheim, Nanda",
    year: 2024,
    link: "https://arxiv.org/abs/2404.15255",
  },
  takes: "prompt",
  gives: "patched",
  needsTarget: false,
  options,
  async *run(context) {
    const pair = pairOf(context);
    const runs = await runPair(context, pair);
    return yield* fillGrid(context, pair, runs, patchedLayers(context, pair, runs));
  },
  python(context, file) {
    const { component, direction, replacement } = context.options;
    const cell = { ...pairOf(context), component, direction };
    return replacement === "mean"
      ? patchProgram({ ...cell, replacement, means: meanPrompts(context) }, file)
      : patchProgram({ ...cell, replacement }, file);
  },
});

async function* patchedLayers(
  context: Context,
  { metric, position }: Pair,
  { base, source, reference }: PairRuns,
): AsyncGenerator<GridLayer> {
  const { model, options, cancelled } = context;
  const replacement = await replacementOf(context, source);
  yield* patchGrid(model, base, {
    component: options.component,
    metric,
    position,
    reference,
    replacement,
    layers: layersOf(context),
    cancelled,
  });
}

async function replacementOf(context: Context, source: PairRuns["source"]): Promise<Replacement> {
  const {
    model,
    options: { replacement, component },
  } = context;
  switch (replacement) {
    case "run":
      return { kind: "run", trace: source };
    case "zero":
      return { kind: "zero" };
    case "mean": {
      const sites = Array.from({ length: model.decoder.layers }, (_, layer) => componentSite(component, layer));
      return { kind: "mean", means: await meansOf(model, meanPrompts(context), sites) };
    }
  }
}

/** The prompts of the mean, as texts or token ids like the subject's prompt. */
function meanPrompts({ vocabulary, prompt, ids, options: { means } }: Context): readonly (readonly number[])[] {
  if (means.length === 0) return [ids];
  return means.map((text) => vocabulary.ids(likePrompt(text, prompt)));
}
