import { analysis } from "../analysis.ts";
import { count, tokens } from "../option.ts";
import { bestTokens } from "./best-tokens.ts";
import { finalSite } from "./components.ts";
import { attributionSites, directEffects } from "./direct-effects.ts";
import { resolvePosition } from "./positions.ts";
import { edits } from "./prompt-options.ts";
import { attributionProgram } from "./transformer-lens.ts";
import { worded } from "./worded.ts";
import { frameworkPaper } from "./framework-paper.ts";

/** The direct contribution of each component to the logits of a few tokens. Cost: one forward pass, and two columns of the unembedding. */
export const directLogitAttribution = analysis("direct-logit-attribution", {
  family: "language-model",
  title: "Direct logit attribution",
  summary: "The direct contributions of embeddings, heads and MLPs to the logits of a few tokens.",
  command: { name: "lens", when: "direct" },
  cost: "one forward pass",
  paper: frameworkPaper,
  takes: "prompt",
  gives: "direct-attribution",
  needsTarget: false,
  options: {
    position: count(-1, -1, 1_000_000, {
      label: "Position",
      description: "The position whose next token is explained, counted from 0; -1 is the last.",
    }),
    targets: tokens({
      label: "Targets",
      description:
        "Tokens whose logits are explained, separated by |, each as text or as # and an id. If empty, the model's top two.",
    }),
    edits,
  },
  async *run(context) {
    const { model, ids, vocabulary, options } = context;
    const position = resolvePosition(options.position, ids.length);
    const edits = await context.edits(options.edits, ids.length);
    const trace = await context.trace(ids, attributionSites(model), edits);
    const targets = options.targets.length
      ? options.targets.map((token) => vocabulary.id(token))
      : await bestTokens(model, trace.get(finalSite(model)), [position], 2);
    const { data, certificate } = await directEffects(model, trace, position, targets, edits);
    return { data: { ...data, ...worded(context, ids, targets) }, certificate };
  },
  python: (context, file) =>
    attributionProgram(context, file, {
      position: resolvePosition(context.options.position, context.ids.length),
      targets: context.options.targets.map((token) => context.vocabulary.id(token)),
    }),
});
