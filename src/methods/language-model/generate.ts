import type { GeneratedPart, GenerationEnd } from "../../protocol/language-model.ts";
import { analysis, type RunContext } from "../analysis.ts";
import { amount, count, seed, tokens } from "../option.ts";
import { generationChecks } from "./generation-checks.ts";
import { edits } from "./prompt-options.ts";
import { sampleTokens, type GeneratedToken } from "./sample-tokens.ts";
import { generateProgram } from "./transformer-lens.ts";
import { worded } from "./worded.ts";

const options = {
  maxTokens: count(64, 1, 100_000, { label: "Max tokens", description: "Maximum number of new tokens." }),
  temperature: amount(0, 0, 100, {
    label: "Temperature",
    description: "0 is greedy; 1 samples from the model's own distribution.",
  }),
  topP: amount(1, 0.001, 1, {
    label: "Top p",
    description: "Samples from the smallest set of tokens whose probabilities reach this sum.",
  }),
  seed: seed(),
  stop: tokens({
    label: "Stop tokens",
    description:
      "Tokens that end the text, in addition to the model's end token, separated by |, each as text or as # and an id.",
  }),
  edits,
};

/** Continues a prompt token by token. Cost: one forward pass of the prompt, then one of a single token per new token. */
export const generate = analysis("generate", {
  family: "language-model",
  title: "Generation",
  summary: "How the model continues a prompt.",
  command: { name: "generate" },
  cost: "one forward pass of a single token per new token",
  paper: undefined,
  takes: "prompt",
  gives: "generated",
  needsTarget: false,
  options,
  async *run(context) {
    const { model, ids, vocabulary, cancelled } = context;
    const { maxTokens, temperature, topP, seed } = context.options;
    const edits = await context.edits(context.options.edits, ids.length);
    const made: GeneratedToken[] = [];
    const parts: GeneratedPart[] = [];
    const sampling = { maxTokens, temperature, topP, seed, stop: stopIds(context), edits, cancelled };
    for await (const token of sampleTokens(model, ids, sampling)) {
      const { id, probability, top } = token;
      const part = {
        id,
        text: vocabulary.text(id),
        bytes: vocabulary.bytes(id),
        probability,
        top: top.map((each) => ({ ...each, text: vocabulary.text(each.id) })),
      };
      made.push(token);
      parts.push(part);
      yield { progress: { done: made.length, total: maxTokens, note: `${made.length} of ${maxTokens} tokens` }, part };
    }
    const certificate = cancelled() ? [] : await generationChecks(model, ids, made, edits);
    const madeIds = made.map(({ id }) => id);
    return {
      data: {
        kind: "generated",
        ids: Int32Array.from(madeIds),
        text: vocabulary.decode(madeIds),
        ended: endOf(context, madeIds),
        parts,
        ...worded(context, madeIds),
      },
      certificate,
    };
  },
  python: (context, file) => generateProgram(context, file, stopIds(context)),
});

type Context = RunContext<"prompt", typeof options>;

const stopIds = ({ vocabulary, options: { stop } }: Context): readonly number[] => [
  ...new Set([...stop.map((token) => vocabulary.id(token)), ...vocabulary.ends]),
];

/** Why the text goes on no further: the last of its tokens says, or what stopped it. */
function endOf(context: Context, made: readonly number[]): GenerationEnd {
  const { model, ids, vocabulary, cancelled } = context;
  const { stop, maxTokens } = context.options;
  const last = made.at(-1);
  const named = last === undefined ? "" : `${vocabulary.display(last)} (#${last})`;
  if (last !== undefined && stop.some((token) => vocabulary.id(token) === last))
    return { reason: "stop token", sentence: `The text ended at the stop token ${named}.` };
  if (last !== undefined && vocabulary.ends.includes(last))
    return { reason: "end token", sentence: `The model ended the text with its end token ${named}.` };
  if (cancelled()) return { reason: "stopped", sentence: `Stopped after ${made.length} new tokens.` };
  if (made.length >= maxTokens)
    return { reason: "limit", sentence: `The text was cut at the limit of ${maxTokens} new tokens.` };
  return {
    reason: "context",
    sentence: `The text was cut at the model's context of ${model.decoder.context} tokens, of which the prompt has ${ids.length}.`,
  };
}
