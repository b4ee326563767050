import assert from "node:assert/strict";
import test from "node:test";
import { tinyOracle, tinyPath } from "../../../test/oracles/tiny-oracle.ts";
import { openDecoder } from "../../architectures/open.ts";
import { referenceRuntime } from "../../runtime/reference/reference.ts";
import { LanguageModel } from "../language-model/language-model.ts";
import { parseOptions, readOptions } from "../option.ts";
import { edgeCircuit } from "./edge-circuit.ts";
import { allEdges, edgeGraph, edgeName } from "./edge-graph.ts";
import { metricOfCircuit } from "./edge-effects.ts";
import { runEdgePair } from "./edge-runs.ts";

test("the circuit keeps the share of the difference that its certificate says, measured again", async () => {
  const name = "gpt2-tied-float32";
  const model = new LanguageModel(openDecoder(tinyPath(name), name).decoder, referenceRuntime);
  const { clean, corrupted, answer, wrong, cleanMetric, corruptedMetric } = tinyOracle(name).patching;
  const steps = edgeCircuit.run({
    model,
    ids: clean,
    corrupted,
    answer,
    wrong,
    prompt: { ids: clean },
    vocabulary: { id: (token: number) => token },
    memoryBudgetBytes: Infinity,
    cancelled: () => false,
    options: parseOptions(edgeCircuit.options, readOptions(edgeCircuit.options, { share: 0.8 })),
  } as never);
  let step = await steps.next();
  while (!step.done) step = await steps.next();
  const { data, certificate } = step.value;
  const found = certificate.find(({ id }) => id === "faithfulness")!.numbers["share"]!;
  const names = new Set(data.edges.map(({ from, to, channel }) => `${from}->${to}${channel ? `<${channel}>` : ""}`));
  const graph = edgeGraph(model.decoder);
  const run = await runEdgePair(model, {
    clean,
    corrupted,
    position: clean.length - 1,
    metric: { kind: "logit-difference", answer, wrong },
  });
  const dropped = allEdges(graph).filter((edge) => !names.has(edgeName(graph, edge)));
  const metric = await metricOfCircuit(model, run, run.corrupted, dropped);
  assert.ok(Math.abs((metric - corruptedMetric) / (cleanMetric - corruptedMetric) - found) < 1e-9, `${found}`);
  assert.ok(found >= 0.8 && dropped.length > 0);
});
