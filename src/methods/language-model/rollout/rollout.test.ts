import assert from "node:assert/strict";
import test from "node:test";
import { Random } from "../../../tensor/random.ts";
import { fromFloat64 } from "../../../tensor/tensor.ts";
import { matrix, multiply } from "../../linear-algebra/matrix.ts";
import { FlowNetwork } from "./max-flow.ts";
import { flowRow, rolloutRow, withResidual } from "./rollout.ts";

const never = (): boolean => false;

/** A causal pattern of two heads whose rows sum to 1. */
function pattern(random: Random, tokens: number): ReturnType<typeof fromFloat64> {
  const values = new Float64Array(2 * tokens * tokens);
  for (let head = 0; head < 2; head++)
    for (let query = 0; query < tokens; query++) {
      const weights = Array.from({ length: query + 1 }, () => random.uniform());
      const sum = weights.reduce((a, b) => a + b);
      weights.forEach((weight, key) => (values[(head * tokens + query) * tokens + key] = weight / sum));
    }
  return fromFloat64("float64", [2, tokens, tokens], values);
}

test("rollout is a row of the product of all layers, and its shares sum to 1", () => {
  const random = new Random(3);
  const layers = Array.from({ length: 3 }, () => withResidual(pattern(random, 5)));
  const [a, b, c] = layers.map((values) => matrix(5, 5, values)) as [
    ReturnType<typeof matrix>,
    ReturnType<typeof matrix>,
    ReturnType<typeof matrix>,
  ];
  const product = multiply(c, multiply(b, a));
  for (let position = 0; position < 5; position++) {
    const row = rolloutRow(layers, 5, position);
    row.forEach((share, token) => assert.ok(Math.abs(share - product.data[position * 5 + token]!) < 1e-14));
    assert.ok(Math.abs(row.reduce((sum, share) => sum + share, 0) - 1) < 1e-14);
  }
});

test("flow equals the smallest cut of all cuts, and through one layer the weight itself", () => {
  const random = new Random(5);
  const tokens = 3;
  const layers = Array.from({ length: 2 }, () => withResidual(pattern(random, tokens)));
  const one = flowRow(layers.slice(0, 1), tokens, 2, never)!;
  one.forEach((flow, token) => assert.ok(Math.abs(flow - layers[0]![2 * tokens + token]!) < 1e-14));
  const flows = flowRow(layers, tokens, 2, never)!;
  // A cut keeps the source, any of the other inner nodes, and not the sink.
  const nodes = 3 * tokens;
  const source = 2 * tokens + 2;
  for (let sink = 0; sink < tokens; sink++) {
    let least = Infinity;
    for (let kept = 0; kept < 1 << nodes; kept++) {
      const has = (node: number): boolean => (kept & (1 << node)) !== 0;
      if (!has(source) || has(sink)) continue;
      let cut = 0;
      layers.forEach((weights, layer) => {
        for (let query = 0; query < tokens; query++)
          for (let key = 0; key <= query; key++)
            if (has((layer + 1) * tokens + query) && !has(layer * tokens + key)) cut += weights[query * tokens + key]!;
      });
      least = Math.min(least, cut);
    }
    assert.ok(Math.abs(flows[sink]! - least) < 1e-12, `${flows[sink]} against the cut ${least}`);
  }
});

test("a flow that must be taken back is taken back", () => {
  // The path 0 → 1 → 2 → 3 would block both others, which together carry 2.
  const network = new FlowNetwork(4);
  network.edge(0, 1, 1);
  network.edge(1, 2, 1);
  network.edge(2, 3, 1);
  network.edge(0, 2, 1);
  network.edge(1, 3, 1);
  assert.equal(network.maximumFlow(0, 3), 2);
  assert.equal(network.maximumFlow(0, 3), 2, "asking changes nothing");
  assert.equal(network.maximumFlow(3, 0), 0);
});
