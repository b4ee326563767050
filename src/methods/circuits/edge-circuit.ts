import type { Check } from "../../protocol/result.ts";
import { Random } from "../../tensor/random.ts";
import { analysis } from "../analysis.ts";
import { amount, count, seed } from "../option.ts";
import { graphAnswer, strongestEdges } from "./edge-answer.ts";
import { meanExactEffects, metricOfCircuit } from "./edge-effects.ts";
import { edgeEstimates } from "./edge-estimates.ts";
import {
  addToEdge,
  addValues,
  allEdges,
  edgeCount,
  edgeGraph,
  edgeName,
  emptyValues,
  valueOf,
  type Edge,
  type EdgeGraph,
} from "./edge-graph.ts";
import { pairOptions, pairsOf, replacementsOf, requireEdgeMemory, runPairs } from "./edge-pairs.ts";
import { faithPaper } from "./paper.ts";

const options = {
  candidates: count(100, 1, 10_000, {
    label: "Candidates",
    description: "How many edges, the strongest by EAP-IG, are patched exactly.",
  }),
  share: amount(0.85, 0.01, 1, {
    label: "Share",
    description: "The circuit grows until it keeps this share of the difference between the runs.",
  }),
  seed: seed(),
  ...pairOptions,
};

/** Screen, then verify. Cost: five gradients a pair, an exact patch for each candidate, and about twice log2(candidates) runs. */
export const edgeCircuit = analysis("edge-circuit", {
  family: "language-model",
  title: "Circuit (screen, then verify)",
  summary:
    "A small set of edges that does what the model does on the prompts: EAP-IG screens all edges, exact patches order the best, and the circuit is tested with all other edges replaced.",
  cost: "five gradients for each pair, and an exact patch for each candidate",
  paper: faithPaper,
  takes: "prompt",
  gives: "graph",
  needsTarget: false,
  options,
  async *run(context) {
    const { model, options, cancelled } = context;
    const pairs = pairsOf(context);
    requireEdgeMemory(context, pairs);
    const graph = edgeGraph(model.decoder);
    const candidates = Math.min(options.candidates, edgeCount(graph));
    const total = pairs.length * (5 + candidates);
    const quantity = `exact effect on the ${options.metric}`;
    const effects = emptyValues(graph);
    const stopped = () => ({ data: graphAnswer(graph, [], effects, quantity), certificate: [] });
    let done = 0;
    yield { progress: { done, total, note: "runs" } };
    const runs = await runPairs(context, pairs);
    if (runs.length < pairs.length) return stopped();
    const replaced = replacementsOf(context, runs);
    const scores = emptyValues(graph);
    for (const [i, run] of runs.entries()) {
      const estimates = edgeEstimates(model, run, replaced[i]!, { method: "eap-ig-inputs", steps: 5, rule: "left" });
      let step = await estimates.next();
      for (; !step.done; step = await estimates.next()) {
        yield { progress: { done: ++done, total, note: "screening" } };
        if (cancelled()) return stopped();
      }
      addValues(scores, step.value);
    }
    const screened = strongestEdges(graph, scores, candidates);
    for await (const { start, effects: found } of meanExactEffects(model, runs, replaced, screened)) {
      found.forEach((effect, k) => addToEdge(graph, effects, screened[start + k]!, effect));
      done += found.length;
      yield { progress: { done, total, note: "exact patches" } };
      if (cancelled()) return stopped();
    }
    const ordered = screened.toSorted(
      (a, b) => Math.abs(valueOf(graph, effects, b)) - Math.abs(valueOf(graph, effects, a)),
    );
    const everything = allEdges(graph);
    const metric = async (kept: readonly Edge[]): Promise<number> => {
      const dropped = without(graph, everything, kept);
      let sum = 0;
      for (const [i, run] of runs.entries()) sum += await metricOfCircuit(model, run, replaced[i]!, dropped);
      return sum / runs.length;
    };
    const [whole, none] = [await metric(everything), await metric([])];
    const gap = whole - none;
    const faithfulness = async (kept: readonly Edge[]): Promise<number> => ((await metric(kept)) - none) / gap;
    if (!(Math.abs(gap) > 1e-6))
      return { data: graphAnswer(graph, ordered, effects, quantity), certificate: [noGap(gap)] };
    let size = Math.min(8, ordered.length);
    let reached = await faithfulness(ordered.slice(0, size));
    while (reached < options.share && size < ordered.length && !cancelled()) {
      size = Math.min(ordered.length, Math.ceil(size * 1.5));
      reached = await faithfulness(ordered.slice(0, size));
      yield { progress: { done, total, note: `${size} edges keep ${(100 * reached).toFixed(0)} %` } };
    }
    const circuit = ordered.slice(0, size);
    const random = await faithfulness(drawn(everything, size, options.seed));
    const rest = await faithfulness(without(graph, everything, circuit));
    return {
      data: graphAnswer(graph, circuit, effects, quantity),
      certificate: [
        kept(
          "faithfulness",
          "faithfulness",
          reached,
          reached >= options.share,
          `The ${size} edges, of ${everything.length}, keep ${percent(reached)} of the difference with all other edges replaced; ${percent(options.share)} was asked.`,
        ),
        kept(
          "random-circuit",
          "as many random edges",
          random,
          random < reached / 2,
          `${size} edges drawn at random keep ${percent(random)}.`,
        ),
        kept(
          "completeness",
          "the rest without the circuit",
          rest,
          Math.abs(rest) < 0.5,
          `The model without the circuit's edges keeps ${percent(rest)}: what is left does so much by other ways.`,
        ),
      ],
    };
  },
});

const without = (graph: EdgeGraph, edges: readonly Edge[], removed: readonly Edge[]): Edge[] => {
  const names = new Set(removed.map((edge) => edgeName(graph, edge)));
  return edges.filter((edge) => !names.has(edgeName(graph, edge)));
};

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

const kept = (id: string, label: string, share: number, good: boolean, sentence: string): Check => ({
  id,
  label,
  status: good ? "pass" : "warn",
  value: percent(share),
  sentence,
  numbers: { share },
});

const noGap = (gap: number): Check => ({
  id: "faithfulness",
  label: "faithfulness",
  status: "fail",
  value: "no difference",
  sentence: `With every edge replaced the metric changes by ${gap.toExponential(1)} only, so no share of it can be kept. Choose another metric or pair.`,
  numbers: { gap },
});

function drawn(edges: readonly Edge[], size: number, from: number): Edge[] {
  const random = new Random(from);
  return edges
    .map((edge) => ({ edge, at: random.uniform(0, 1) }))
    .toSorted((a, b) => a.at - b.at)
    .slice(0, size)
    .map(({ edge }) => edge);
}
