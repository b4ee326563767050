import assert from "node:assert/strict";
import { test } from "node:test";
import { channel, layer, logit, neuron, plus, times } from "../../graph/objective.ts";
import { referenceRuntime } from "../../runtime/reference/reference.ts";
import { Random } from "../../tensor/random.ts";
import { float32 } from "../../tensor/tensor.ts";
import { scoreInput } from "./score.ts";
import { smallNetwork } from "./small-network.ts";

test("an objective over several sites and positions is the sum of its terms", async () => {
  const terms = [
    channel("second", 2),
    times(channel("first", 1), -3),
    neuron("second", 4, 1, 0),
    times(neuron("second", 4), 2),
    logit(3),
    times(layer("first"), 0.5),
  ];
  const image = float32([1, 3, 12, 12], new Random(8).normals(432));
  const network = smallNetwork(referenceRuntime, 12);
  const whole = await scoreInput(network, terms.reduce(plus), image);
  let sum = 0;
  for (const term of terms) sum += await scoreInput(network, term, image);
  assert.ok(Math.abs(whole - sum) < 1e-6, `${whole} is not ${sum}`);
});
