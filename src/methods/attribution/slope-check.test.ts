import assert from "node:assert/strict";
import { test } from "node:test";
import { referenceNetwork } from "../../../test/reference-network.ts";
import { Builder, type Value } from "../../graph/builder.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { logit } from "../../graph/target.ts";
import { float32 } from "../../tensor/tensor.ts";
import type { Network } from "../network.ts";
import { slopeAt } from "./gradient.ts";
import { slopeCheck } from "./slope-check.ts";

/** A network with two inputs and one logit. */
function network(body: (b: Builder, x: Value) => Value): Network {
  const b = new Builder(coreOperators);
  const graph = b.finish([body(b, b.input("x", { dtype: "float32", shape: [1, 2] }))]);
  return referenceNetwork(graph);
}

async function checkAt(net: Network, x: readonly number[]) {
  const question = { network: net, input: float32([1, 2], x), target: logit(0) };
  const { score, slope } = await slopeAt(question);
  return slopeCheck(question, score, slope);
}

const weights = (b: Builder, values: readonly number[]): Value => b.tensor(float32([2, 1], values));

test("on a linear network, differences confirm the slope for any step", async () => {
  const [check] = await checkAt(
    network((b, x) => b.matmul(x, weights(b, [3, -4]))),
    [0.5, 2],
  );
  assert.equal(check!.status, "pass");
  assert.ok(
    Math.abs(check!.numbers.norm! - 5) < 1e-6 && Math.abs(check!.numbers.measured! - 5) < 1e-4,
    JSON.stringify(check!.numbers),
  );
});

test("a kink within the step is reported: at x = 0.001, relu has slope 1 ahead and 0 behind", async () => {
  const [check] = await checkAt(
    network((b, x) => b.matmul(b.apply("Relu", [x]), weights(b, [1, 0]))),
    [0.001, 1],
  );
  assert.equal(check!.status, "warn");
  // From −0.009 to 0.011 the value rises by 0.011 instead of 0.02.
  assert.ok(Math.abs(check!.numbers.error! - 0.45) < 1e-3, JSON.stringify(check!.numbers));
  assert.match(check!.sentence, /nonlinear/);
});

test("a slope that is not the function's fails at every step: a path that is counted twice, one that is not differentiated", async () => {
  const net = network((b, x) => b.matmul(x, weights(b, [3, -4])));
  const question = { network: net, input: float32([1, 2], [0.5, 2]), target: logit(0) };
  const { score, slope } = await slopeAt(question);
  const [twice] = await slopeCheck(
    question,
    score,
    slope.map((value) => 2 * value),
  );
  assert.equal(twice!.status, "fail");
  assert.ok(Math.abs(twice!.numbers.error! - 0.5) < 1e-3);
  const [none] = await slopeCheck(question, score, new Float64Array(2));
  assert.equal(none!.status, "fail");
  assert.match(none!.sentence, /not differentiated/);
});

test("a slope of 0 holds where the function is flat", async () => {
  assert.deepEqual(
    await checkAt(
      network((b, x) => b.matmul(b.apply("Relu", [x]), weights(b, [1, 1]))),
      [-1, -1],
    ),
    [],
  );
});
