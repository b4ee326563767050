import { analysis } from "../analysis.ts";
import { edits, top } from "./prompt-options.ts";
import { tokenDistributions } from "./token-distributions.ts";
import { nextProgram } from "./transformer-lens.ts";
import { worded } from "./worded.ts";

/** The distribution of the next token after every token of a prompt. Cost: one forward pass; each position is unembedded once. */
export const nextTokens = analysis("next-tokens", {
  family: "language-model",
  title: "Next tokens",
  summary: "The model's predictions after every token of a prompt.",
  command: { name: "generate", when: "expected" },
  cost: "one forward pass",
  paper: undefined,
  takes: "prompt",
  gives: "token-distributions",
  needsTarget: false,
  options: { top: top(1000), edits },
  async *run(context) {
    const { model, ids, options } = context;
    const { data, certificate } = await tokenDistributions(
      model,
      ids,
      options.top,
      await context.edits(options.edits, ids.length),
    );
    return { data: { ...data, ...worded(context, ids, data.ids) }, certificate };
  },
  python: nextProgram,
});
