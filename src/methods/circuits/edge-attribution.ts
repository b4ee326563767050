import type { Check } from "../../protocol/result.ts";
import { analysis } from "../analysis.ts";
import { choice, count } from "../option.ts";
import { agreement } from "../language-model/patch-estimates.ts";
import { graphAnswer, strongestEdges } from "./edge-answer.ts";
import { addValues, edgeCount, edgeGraph, emptyValues, valueOf } from "./edge-graph.ts";
import { edgeEstimates, edgeMethods, passesOf, pathRules } from "./edge-estimates.ts";
import { meanExactEffects } from "./edge-effects.ts";
import { pairOptions, pairsOf, replacementsOf, requireEdgeMemory, runPairs } from "./edge-pairs.ts";
import { faithPaper } from "./paper.ts";

const options = {
  method: choice(edgeMethods, {
    label: "Method",
    description:
      "Where the gradient is taken: on the path of the token embedding (EAP-IG, inputs), at the clean run (EAP), on the path of each edge's own sender, or averaged over the paths of all senders, as the program EAP-IG does.",
  }),
  steps: count(5, 1, 1000, {
    label: "Steps",
    description: "Points on the path from the replacement to the clean run.",
  }),
  rule: choice(pathRules, {
    label: "Rule",
    description:
      "Where the points lie in each step: at its left end, as in the program EAP-IG, its right end, as in the paper, or its middle.",
  }),
  ...pairOptions,
  edges: count(60, 1, 1_000_000, { label: "Edges", description: "How many edges are shown, the strongest first." }),
  verified: count(20, 0, 10_000, {
    label: "Verified edges",
    description: "How many of the strongest edges are also patched exactly, one at a time.",
  }),
};

/** Scores all edges between heads, MLPs, embedding and logits at once. Cost: one forward and one backward pass for each step and pair. */
export const edgeAttribution = analysis("edge-attribution", {
  family: "language-model",
  title: "Edge attribution (EAP, EAP-IG)",
  summary:
    "Which connections between heads, MLPs and logits carry the difference between two prompts: all edges are estimated at once, and the strongest are checked exactly.",
  cost: "one forward and one backward pass for each step and pair, and an exact patch for each verified edge",
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
    const shown = Math.min(options.edges, edgeCount(graph));
    const verified = Math.min(options.verified, edgeCount(graph));
    const total = pairs.length * (passesOf(model.decoder, options) + verified);
    let done = 0;
    yield { progress: { done, total, note: "runs" } };
    const runs = await runPairs(context, pairs);
    const means = emptyValues(graph);
    const quantity = `effect on the ${options.metric}`;
    if (runs.length < pairs.length) return { data: graphAnswer(graph, [], means, quantity), certificate: [] };
    const replaced = replacementsOf(context, runs);
    let scored = 0;
    for (const [i, run] of runs.entries()) {
      const estimates = edgeEstimates(model, run, replaced[i]!, options);
      let step = await estimates.next();
      for (; !step.done && !cancelled(); step = await estimates.next())
        yield { progress: { done: ++done, total, note: `pair ${i + 1} of ${runs.length}` } };
      if (!step.done) break;
      addValues(means, step.value);
      scored++;
    }
    for (const stage of means) stage.forEach((value, i) => (stage[i] = value / Math.max(1, scored)));
    const strongest = strongestEdges(graph, means, Math.max(shown, verified));
    const data = graphAnswer(graph, strongest.slice(0, shown), means, quantity);
    if (scored < runs.length || verified === 0) return { data, certificate: [] };
    const tested = strongest.slice(0, verified);
    const exact = new Float64Array(tested.length);
    for await (const { start, effects } of meanExactEffects(model, runs, replaced, tested)) {
      effects.forEach((effect, k) => (exact[start + k] = exact[start + k]! + effect));
      done += effects.length;
      yield { progress: { done, total, note: "exact patches" } };
      if (cancelled()) return { data, certificate: [] };
    }
    const estimated = Float64Array.from(tested, (edge) => valueOf(graph, means, edge));
    return { data, certificate: [compared(estimated, exact)] };
  },
});

/** Compares the estimates of the strongest edges with their exact effects, because an estimate is never shown alone. */
function compared(estimated: Float64Array, exact: Float64Array): Check {
  const r = agreement([estimated], [exact]);
  const same = estimated.filter((value, i) => Math.sign(value) === Math.sign(exact[i]!)).length;
  const text = r.toFixed(2);
  return {
    id: "estimate",
    label: "estimate against exact",
    status: r >= 0.9 ? "pass" : r >= 0.6 ? "warn" : "fail",
    value: `r = ${text}`,
    sentence: `The ${exact.length} strongest edges were also patched exactly, one at a time: the estimates correlate with the exact effects at r = ${text}, and ${same} of ${exact.length} have the same sign.`,
    numbers: { r, edges: exact.length, sameSign: same },
  };
}
