import type { Metric, TokenRef } from "../../protocol/language-model.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { requireMemory } from "../../tensor/memory-budget.ts";
import type { PromptContext } from "../contexts.ts";
import { choice, count, prompts, tokens } from "../option.ts";
import { likePrompt } from "../language-model/like-prompt.ts";
import { checkPair } from "../language-model/patch-grid.ts";
import { resolvePosition } from "../language-model/positions.ts";
import { edgeGraph } from "./edge-graph.ts";
import { runEdgePair, type EdgePair, type PairRun, type Written } from "./edge-runs.ts";

/** The options that analyses of edges share: the metric, what replaces an edge, and further pairs. */
export const pairOptions = {
  metric: choice(["logit-difference", "probability", "log-probability", "divergence"], {
    label: "Metric",
    description:
      "The metric of a run, from the logits of the answer and the wrong token. Divergence is KL from the clean run.",
  }),
  replacement: choice(["run", "zero", "mean", "mean-by-position"], {
    label: "Replacement",
    description:
      "What an edge carries instead: what its sender writes in the corrupted run, zero, or its mean over the clean prompts.",
  }),
  position: count(-1, -1, 1_000_000, {
    label: "Position",
    description: "The position whose logits the metric reads, counted from 0; -1 is the last.",
  }),
  moreClean: prompts({
    label: "Further clean prompts",
    description: "Clean prompts of further pairs, separated by |. Scores are means over all pairs.",
  }),
  moreCorrupted: prompts({
    label: "Further corrupted prompts",
    description: "Their corrupted prompts, in the same order, separated by |.",
  }),
  moreAnswers: tokens({
    label: "Further answers",
    description: "Their answers, in the same order, separated by |; the first pair's answer if empty.",
  }),
  moreWrong: tokens({
    label: "Further wrong tokens",
    description: "Their wrong tokens, in the same order, separated by |; the first pair's wrong token if empty.",
  }),
};

export interface PairOptions {
  readonly metric: Metric["kind"];
  readonly replacement: "run" | "zero" | "mean" | "mean-by-position";
  readonly position: number;
  readonly moreClean: readonly string[];
  readonly moreCorrupted: readonly string[];
  readonly moreAnswers: readonly TokenRef[];
  readonly moreWrong: readonly TokenRef[];
}

export type PairsContext = PromptContext & { readonly options: PairOptions };

/** All pairs, checked before anything runs. */
export function pairsOf(context: PairsContext): EdgePair[] {
  const { ids, corrupted, vocabulary, prompt, answer, wrong, options } = context;
  const { moreClean, moreCorrupted, moreAnswers, moreWrong } = options;
  if (corrupted === undefined)
    throw new GlassboxError("input", "edges are measured with a pair of prompts, and there is no corrupted one", {
      hint: "Write a second prompt of as many tokens that differs in what the answer depends on.",
    });
  const listed = (name: string, list: readonly unknown[], needed = false): void => {
    if ((needed || list.length > 0) && list.length !== moreClean.length)
      throw new GlassboxError(
        "option",
        `there are ${moreClean.length} further clean prompts and ${list.length} ${name}`,
        { hint: "Give one for each further clean prompt, in the same order." },
      );
  };
  listed("further corrupted prompts", moreCorrupted, true);
  listed("further answers", moreAnswers);
  listed("further wrong tokens", moreWrong);
  const idsOf = (text: string): readonly number[] => vocabulary.ids(likePrompt(text, prompt));
  return [ids, ...moreClean.map(idsOf)].map((clean, i) => {
    const other = i === 0 ? corrupted : idsOf(moreCorrupted[i - 1]!);
    checkPair(clean, other);
    if (clean.every((id, k) => id === other[k]))
      throw new GlassboxError("input", `the clean and the corrupted prompt of pair ${i + 1} are the same`, {
        hint: "No edge can make a difference between them. Change what the answer depends on.",
      });
    context.model.checkPrompt(clean);
    context.model.checkPrompt(other);
    return {
      clean,
      corrupted: other,
      position: resolvePosition(options.position, clean.length),
      metric: metricOf(context, (i > 0 && moreAnswers[i - 1]) || answer, (i > 0 && moreWrong[i - 1]) || wrong),
    };
  });
}

function metricOf(
  { vocabulary, options: { metric: kind } }: PairsContext,
  answer: TokenRef | undefined,
  wrong: TokenRef | undefined,
): Metric {
  const id = (name: string, token: TokenRef | undefined): number => {
    if (token !== undefined) return vocabulary.id(token);
    throw new GlassboxError("input", `the prompt has no ${name}, which the metric ${kind} reads`, {
      hint: `Write ${name}: ' Paris' with the prompt, or --${name} ' Paris' on a command line, with the leading space.`,
    });
  };
  if (kind === "divergence") return { kind };
  if (kind !== "logit-difference") return { kind, answer: id("answer", answer) };
  const metric = { kind, answer: id("answer", answer), wrong: id("wrong", wrong) } as const;
  if (metric.answer === metric.wrong)
    throw new GlassboxError("input", "the answer and the wrong token are the same, so their difference is always 0");
  return metric;
}

/** Refuses what does not fit before anything is computed: what all senders write is kept for each side of each pair. */
export function requireEdgeMemory({ model, memoryBudgetBytes }: PairsContext, pairs: readonly EdgePair[]): void {
  const { senders } = edgeGraph(model.decoder);
  const tokens = pairs.reduce((sum, { clean }) => sum + model.filledLength(clean), 0);
  const longest = Math.max(...pairs.map(({ clean }) => model.filledLength(clean)));
  requireMemory(
    senders.length * model.decoder.width * 8 * (2 * tokens + 4 * longest),
    memoryBudgetBytes,
    `keeping what ${senders.length} nodes write on ${tokens} tokens`,
    {
      hint: "Ask for fewer or shorter pairs, or raise the memory budget: --memory in the terminal, or the setting glassbox.memoryBudget.",
    },
  );
}

/** Runs all pairs once on each side. */
export async function runPairs({ model, cancelled }: PairsContext, pairs: readonly EdgePair[]): Promise<PairRun[]> {
  const runs: PairRun[] = [];
  for (const pair of pairs) {
    if (cancelled()) break;
    runs.push(await runEdgePair(model, pair));
  }
  return runs;
}

/** What replaces the senders' outputs in each pair. */
export function replacementsOf({ model, options: { replacement } }: PairsContext, runs: readonly PairRun[]): Written[] {
  return replacements(replacement, runs, model.decoder.width);
}

/** Means are taken over the clean prompts of all pairs: of each sender by position, or over all positions too. */
export function replacements(kind: PairOptions["replacement"], runs: readonly PairRun[], width: number): Written[] {
  if (kind === "run") return runs.map(({ corrupted }) => corrupted);
  if (kind === "zero") return runs.map(({ clean }) => ({ values: new Float64Array(clean.values.length) }));
  const tokens = runs.map(({ pair }) => pair.clean.length);
  const uneven = tokens.find((count) => count !== tokens[0]);
  if (kind === "mean-by-position" && uneven !== undefined)
    throw new GlassboxError(
      "input",
      `a mean by position needs prompts of equal length, and these have ${tokens[0]} and ${uneven} tokens`,
      { hint: "Choose the replacement mean, or pairs of equal length." },
    );
  const senders = runs[0]!.clean.values.length / (runs[0]!.length * width);
  const byPosition = kind === "mean-by-position";
  const rows = byPosition ? runs[0]!.length : 1;
  const mean = new Float64Array(senders * rows * width);
  const counted = byPosition ? runs.length : tokens.reduce((sum, count) => sum + count, 0);
  for (const { clean, length, pair } of runs) {
    for (let sender = 0; sender < senders; sender++) {
      for (let token = 0; token < pair.clean.length; token++) {
        const [from, to] = [(sender * length + token) * width, (sender * rows + (byPosition ? token : 0)) * width];
        for (let i = 0; i < width; i++) mean[to + i] = mean[to + i]! + clean.values[from + i]! / counted;
      }
    }
  }
  return runs.map(({ length }) => {
    const values = new Float64Array(senders * length * width);
    for (let sender = 0; sender < senders; sender++) {
      for (let token = 0; token < length; token++) {
        const from = (sender * rows + (byPosition ? token : 0)) * width;
        values.set(mean.subarray(from, from + width), (sender * length + token) * width);
      }
    }
    return { values };
  });
}
