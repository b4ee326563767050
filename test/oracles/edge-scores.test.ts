import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import test from "node:test";
import { openDecoder } from "../../src/architectures/open.ts";
import {
  allEdges,
  edgeGraph,
  edgeName,
  emptyValues,
  valueOf,
  type EdgeValues,
} from "../../src/methods/circuits/edge-graph.ts";
import { exactEffects } from "../../src/methods/circuits/edge-effects.ts";
import { edgeEstimates, type EstimateOptions } from "../../src/methods/circuits/edge-estimates.ts";
import { replacements } from "../../src/methods/circuits/edge-pairs.ts";
import { runEdgePair, type PairRun, type Written } from "../../src/methods/circuits/edge-runs.ts";
import { LanguageModel } from "../../src/methods/language-model/language-model.ts";
import { referenceRuntime } from "../../src/runtime/reference/reference.ts";

/**
 * The edge scores of the program EAP-IG (Hanna et al., 2.0.0) on two tiny checkpoints, in float64. The checkpoints and the
 * numbers are not part of this repository; GLASSBOX_CIRCUIT_ORACLES names their folder.
 */
const folder = process.env.GLASSBOX_CIRCUIT_ORACLES;
type Scores = Readonly<Record<string, number>>;
const read = (name: string) => JSON.parse(fs.readFileSync(path.join(folder!, `${name}.json`), "utf8"));

type Reference = (model: string, metric: string) => Scores;
const igInputs =
  (steps: number): Reference =>
  (model, metric) =>
    read("eap_ig_inputs")[model][metric][steps];
const upstream: readonly (readonly [options: EstimateOptions, of: Reference])[] = [
  [{ method: "eap", steps: 1, rule: "left" }, (model, metric) => read("eap")[model].patching[metric]],
  [{ method: "eap-ig-inputs", steps: 1, rule: "left" }, igInputs(1)],
  [{ method: "eap-ig-inputs", steps: 5, rule: "left" }, igInputs(5)],
  [{ method: "eap-ig-inputs", steps: 30, rule: "left" }, igInputs(30)],
  [
    { method: "eap-ig-activations-all-sources", steps: 5, rule: "right" },
    (model, metric) => read("eap_ig_activations")[model].patching[metric][5],
  ],
];

for (const name of ["gpt2-tiny", "llama-gqa-tiny"]) {
  for (const metric of ["logit_diff", "kl"]) {
    test(
      `${name}, ${metric}: edge scores and exact patches are those of EAP-IG, to 1e-9`,
      { skip: !folder },
      async () => {
        const model = new LanguageModel(openDecoder(path.join(folder!, name), name).decoder, referenceRuntime);
        const graph = edgeGraph(model.decoder);
        const edges = allEdges(graph);
        const runs: PairRun[] = [];
        for (const { clean, corrupted, answers } of read("pairs").pairs) {
          const [answer, wrong] = answers[name];
          runs.push(
            await runEdgePair(model, {
              clean,
              corrupted,
              position: clean.length - 1,
              metric: metric === "kl" ? { kind: "divergence" } : { kind: "logit-difference", answer, wrong },
            }),
          );
        }
        const meet = async (
          what: string,
          expected: Scores,
          replaced: readonly Written[],
          of: (run: PairRun, replacement: Written) => Promise<EdgeValues>,
        ): Promise<void> => {
          const sums = emptyValues(graph);
          for (const [i, run] of runs.entries())
            (await of(run, replaced[i]!)).forEach((stage, s) =>
              stage.forEach((value, k) => (sums[s]![k] = sums[s]![k]! + value / runs.length)),
            );
          for (const edge of edges) {
            const [found, wanted] = [valueOf(graph, sums, edge), expected[edgeName(graph, edge)]!];
            assert.ok(Math.abs(found - wanted) < 1e-9, `${what}, ${edgeName(graph, edge)}: ${found} is not ${wanted}`);
          }
        };
        const estimate = (options: EstimateOptions) => async (run: PairRun, replacement: Written) => {
          const estimates = edgeEstimates(model, run, replacement, options);
          for (;;) {
            const step = await estimates.next();
            if (step.done) return step.value;
          }
        };
        const exact = async (run: PairRun, replacement: Written): Promise<EdgeValues> => {
          const values = emptyValues(graph);
          for await (const { start, effects } of exactEffects(model, run, replacement, edges))
            effects.forEach((effect, i) => {
              const { stage, receiver, sender } = edges[start + i]!;
              values[stage]![receiver * graph.stages[stage]!.senders + sender] = effect;
            });
          return values;
        };
        const corrupted = replacements("run", runs, model.decoder.width);
        for (const [options, of] of upstream)
          await meet(`${options.method}, ${options.steps} steps`, of(name, metric), corrupted, estimate(options));
        if (metric === "logit_diff")
          await meet(
            "EAP-IG activations, own source, 30 steps",
            read("eap_ig_activations_own_source")[name][metric][30],
            corrupted,
            estimate({ method: "eap-ig-activations", steps: 30, rule: "right" }),
          );
        for (const [theirs, ours] of [
          ["patching", "run"],
          ["zero", "zero"],
          ["mean-positional", "mean-by-position"],
        ] as const) {
          const replaced = replacements(ours, runs, model.decoder.width);
          await meet(
            `EAP, ${theirs}`,
            read("eap")[name][theirs][metric],
            replaced,
            estimate({ method: "eap", steps: 1, rule: "left" }),
          );
          await meet(`exact, ${theirs}`, read("exact")[name][theirs][metric], replaced, exact);
        }
      },
    );
  }
}
