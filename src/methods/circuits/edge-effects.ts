import type { LanguageModel } from "../language-model/language-model.ts";
import { edgeGraph, type Edge } from "./edge-graph.ts";
import { maskOf, patchedMetrics, type PairRun, type Written } from "./edge-runs.ts";

/** The metric of a run in which no edge, or every given edge, is replaced. */
export async function metricOfCircuit(
  model: LanguageModel,
  run: PairRun,
  replacement: Written,
  replaced: readonly Edge[] = [],
): Promise<number> {
  for await (const { metrics } of patchedMetrics(model, run, replacement, [maskOf(edgeGraph(model.decoder), replaced)]))
    return metrics[0]!;
  throw new RangeError("no run was made");
}

/**
 * The exact effect of each edge: metric(clean run in which this one edge carries the replacement) − metric(clean run). The edge
 * changes only what its receiver reads. Many edges run side by side.
 */
export async function* exactEffects(
  model: LanguageModel,
  run: PairRun,
  replacement: Written,
  edges: readonly Edge[],
): AsyncGenerator<{ readonly start: number; readonly effects: Float64Array }> {
  const graph = edgeGraph(model.decoder);
  const clean = await metricOfCircuit(model, run, replacement);
  const portion = 64;
  for (let from = 0; from < edges.length; from += portion) {
    const masks = edges.slice(from, from + portion).map((edge) => maskOf(graph, [edge]));
    for await (const { start, metrics } of patchedMetrics(model, run, replacement, masks))
      yield { start: from + start, effects: metrics.map((metric) => metric - clean) };
  }
}

/** The same over several pairs: each part is an edge's effect in one pair divided by the number of pairs, so parts add up to the mean. */
export async function* meanExactEffects(
  model: LanguageModel,
  runs: readonly PairRun[],
  replacements: readonly Written[],
  edges: readonly Edge[],
): ReturnType<typeof exactEffects> {
  for (const [i, run] of runs.entries())
    for await (const { start, effects } of exactEffects(model, run, replacements[i]!, edges))
      yield { start, effects: effects.map((effect) => effect / runs.length) };
}
