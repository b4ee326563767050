import assert from "node:assert/strict";
import test from "node:test";
import { tinyOracle, tinyPath } from "../../../test/oracles/tiny-oracle.ts";
import { openDecoder } from "../../architectures/open.ts";
import { referenceRuntime } from "../../runtime/reference/reference.ts";
import type { Metric } from "../../protocol/language-model.ts";
import { LanguageModel } from "../language-model/language-model.ts";
import {
  allEdges,
  edgeCount,
  edgeGraph,
  edgeName,
  emptyValues,
  findEdge,
  valueOf,
  type EdgeValues,
} from "./edge-graph.ts";
import { exactEffects, metricOfCircuit } from "./edge-effects.ts";
import { edgeEstimates, type EstimateOptions } from "./edge-estimates.ts";
import { patchedMetrics, runEdgePair, type PairRun } from "./edge-runs.ts";

const open = (name: string): LanguageModel =>
  new LanguageModel(openDecoder(tinyPath(name), name).decoder, referenceRuntime);

async function pairOf(name: string, model: LanguageModel, divergence = false): Promise<PairRun> {
  const { patching } = tinyOracle(name);
  const metric: Metric = divergence
    ? { kind: "divergence" }
    : { kind: "logit-difference", answer: patching.answer, wrong: patching.wrong };
  return runEdgePair(model, { ...patching, metric, position: patching.clean.length - 1 });
}

async function estimate(model: LanguageModel, run: PairRun, options: EstimateOptions): Promise<EdgeValues> {
  const estimates = edgeEstimates(model, run, run.corrupted, options);
  for (;;) {
    const step = await estimates.next();
    if (step.done) return step.value;
  }
}

test("GPT-2 small has the 32,491 edges that EAP-IG counts, and names are read back", () => {
  const graph = edgeGraph({ layers: 12, heads: 12 });
  assert.equal(edgeCount(graph), 32_491);
  assert.equal(graph.senders.length, 157);
  for (const edge of allEdges(edgeGraph({ layers: 2, heads: 3 })))
    assert.deepEqual(
      findEdge(edgeGraph({ layers: 2, heads: 3 }), edgeName(edgeGraph({ layers: 2, heads: 3 }), edge)),
      edge,
    );
  assert.throws(() => findEdge(graph, "a3.h0->a1.h0<q>"), /has no edge a3.h0->a1.h0<q>/);
});

// Learned positions and a tied head; rotary positions and heads that share keys and values.
for (const name of ["gpt2-tied-float32", "llama-tied-float32"]) {
  test(`${name}: with no edge replaced the run is the clean one, with every edge the corrupted one`, async () => {
    const model = open(name);
    const run = await pairOf(name, model);
    const { patching } = tinyOracle(name);
    assert.ok(Math.abs((await metricOfCircuit(model, run, run.corrupted)) - patching.cleanMetric) < 1e-9);
    const all = allEdges(edgeGraph(model.decoder));
    assert.ok(Math.abs((await metricOfCircuit(model, run, run.corrupted, all)) - patching.corruptedMetric) < 1e-9);
    const other = await pairOf(name, model, true);
    assert.ok(Math.abs(await metricOfCircuit(model, other, other.corrupted)) < 1e-12, "KL of the clean run is 0");
  });

  test(`${name}: EAP of an edge is the slope of its exact patch, to 1e-6`, async () => {
    const model = open(name);
    const run = await pairOf(name, model);
    const graph = edgeGraph(model.decoder);
    const scores = await estimate(model, run, { method: "eap", steps: 1, rule: "left" });
    // A few edges of each kind; central differences of the fraction that an edge carries.
    const edges = allEdges(graph).filter((_, i) => i % 7 === 0);
    const step = 1e-4;
    const masks = edges.flatMap((edge) =>
      [step, -step].map((value) => {
        const mask = emptyValues(graph);
        mask[edge.stage]![edge.receiver * graph.stages[edge.stage]!.senders + edge.sender] = value;
        return mask;
      }),
    );
    const found = new Float64Array(masks.length);
    for await (const { start, metrics } of patchedMetrics(model, run, run.corrupted, masks)) found.set(metrics, start);
    edges.forEach((edge, i) => {
      const slope = (found[2 * i]! - found[2 * i + 1]!) / (2 * step);
      const score = valueOf(graph, scores, edge);
      assert.ok(
        Math.abs(slope - score) < 1e-6 * Math.max(1, Math.abs(score)),
        `${edgeName(graph, edge)}: ${slope}, ${score}`,
      );
    });
  });

  test(`${name}: EAP-IG over all edges of the embedding adds up to the whole effect`, async () => {
    const model = open(name);
    const run = await pairOf(name, model);
    const { cleanMetric, corruptedMetric } = tinyOracle(name).patching;
    const scores = await estimate(model, run, { method: "eap-ig-inputs", steps: 64, rule: "midpoint" });
    const graph = edgeGraph(model.decoder);
    const sum = allEdges(graph)
      .filter(({ sender }) => sender === 0)
      .reduce((total, edge) => total + valueOf(graph, scores, edge), 0);
    const whole = corruptedMetric - cleanMetric;
    assert.ok(Math.abs(sum - whole) < 1e-3 * Math.abs(whole), `${sum} of ${whole}`);
  });

  test(`${name}: into the logits, an edge's own path of activations gives its exact effect, where EAP only estimates it`, async () => {
    const model = open(name);
    const run = await pairOf(name, model);
    const graph = edgeGraph(model.decoder);
    const last = graph.stages.length - 1;
    const sender = graph.senders.length - 1;
    const edge = { sender, stage: last, receiver: 0 };
    const paths = await estimate(model, run, { method: "eap-ig-activations", steps: 16, rule: "midpoint" });
    let exact = NaN;
    for await (const { effects } of exactEffects(model, run, run.corrupted, [edge])) exact = effects[0]!;
    // What the last MLP writes goes nowhere else, so its path is the path of the edge.
    assert.ok(Math.abs(valueOf(graph, paths, edge) - exact) < 1e-3 * Math.max(1e-3, Math.abs(exact)), `${exact}`);
  });
}
