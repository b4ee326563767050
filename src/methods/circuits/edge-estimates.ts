import type { LanguageModel } from "../language-model/language-model.ts";
import { edgeGraph, emptyValues, type EdgeValues } from "./edge-graph.ts";
import { edgeScores, embeddingOf, type PairRun, type Written } from "./edge-runs.ts";

export const edgeMethods = ["eap-ig-inputs", "eap", "eap-ig-activations", "eap-ig-activations-all-sources"] as const;
export type EdgeMethod = (typeof edgeMethods)[number];

/** Where the gradient is taken on the path from the replacement (0) to the clean run (1). */
export const pathRules = ["left", "right", "midpoint"] as const;
export type PathRule = (typeof pathRules)[number];

const pointOf = (rule: PathRule, k: number, steps: number): number =>
  (k + (rule === "left" ? 0 : rule === "right" ? 1 : 0.5)) / steps;

export interface EstimateOptions {
  readonly method: EdgeMethod;
  readonly steps: number;
  readonly rule: PathRule;
}

/** How many forward and backward passes an estimate takes. */
export const passesOf = ({ layers }: { readonly layers: number }, { method, steps }: EstimateOptions): number =>
  method === "eap" ? 1 : method === "eap-ig-inputs" ? steps : steps * (1 + 2 * layers);

/**
 * First-order estimates of the effect of each edge on the metric, Σ (z′ − z)·∂metric/∂(receiver's input), summed over positions.
 * EAP (Syed, Rager, Conmy 2023) takes the gradient at the clean run. EAP-IG (Hanna, Pezzelle, Belinkov 2024) averages it over a
 * path: of the token embedding (`inputs`), or of what each part writes (`activations`), from the replacement to the clean run.
 * With activations, an edge is scored by the path of its own sender; `all-sources` averages over the paths of all parts, as the
 * program EAP-IG does. In a model without learned positions, that program counts the embedding's path as no gradient for what
 * the first layer's heads read; so does this option.
 */
export async function* edgeEstimates(
  model: LanguageModel,
  run: PairRun,
  replacement: Written,
  { method, steps, rule }: EstimateOptions,
): AsyncGenerator<undefined, EdgeValues> {
  const graph = edgeGraph(model.decoder);
  const differences = replacement.values.map((value, i) => value - run.clean.values[i]!);
  const clean = embeddingOf(model, run, run.clean);
  const between = (at: number, values: Float64Array): Float64Array =>
    values.map((value, i) => value + (1 - at) * differences[i]!);
  if (method === "eap") return await edgeScores(model, run, { embedding: clean, differences });
  const total = emptyValues(graph);
  if (method === "eap-ig-inputs") {
    for (let k = 0; k < steps; k++) {
      const found = await edgeScores(model, run, { embedding: between(pointOf(rule, k, steps), clean), differences });
      addTo(total, found, 1 / steps);
      yield;
    }
    return total;
  }
  const groups = 1 + 2 * graph.layers;
  for (let group = 0; group < groups; group++) {
    for (let k = 0; k < steps; k++) {
      const at = pointOf(rule, k, steps);
      const found = await edgeScores(
        model,
        run,
        group === 0
          ? { embedding: between(at, clean), differences }
          : { embedding: clean, differences, held: { group: group - 1, given: between(at, run.clean.values) } },
      );
      if (method === "eap-ig-activations") addTo(total, found, 1 / steps, sendersOf(graph, group));
      else {
        if (group === 0 && !model.sites.some(({ name }) => name === "hook_pos_embed")) found[0]!.fill(0);
        addTo(total, found, 1 / (steps * groups));
      }
      yield;
    }
  }
  return total;

  function addTo(into: EdgeValues, values: EdgeValues, weight: number, [from, to] = [0, Infinity]): void {
    values.forEach((stage, s) => {
      const count = graph.stages[s]!.senders;
      for (let i = 0; i < stage.length; i++) {
        if (i % count >= from && i % count < to) into[s]![i] = into[s]![i]! + weight * stage[i]!;
      }
    });
  }
}

/** The senders of a group, from and to: the embedding, the heads of a layer, or its MLP. */
function sendersOf(
  { stages }: { readonly stages: readonly { readonly senders: number }[] },
  group: number,
): [number, number] {
  return group === 0 ? [0, 1] : [stages[group - 1]!.senders, stages[group]!.senders];
}
