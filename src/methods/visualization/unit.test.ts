import assert from "node:assert/strict";
import { test } from "node:test";
import { near } from "../../../test/near.ts";
import { referenceRuntime } from "../../runtime/reference/reference.ts";
import { Random } from "../../tensor/random.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { float32, toFloat64 } from "../../tensor/tensor.ts";
import { smallNetwork } from "./small-network.ts";
import { activationAt, logitSlopes, logitsWithout } from "./unit.ts";

test("a unit's slopes equal differences of the logits, and its ablation gives the logits without it", async () => {
  const network = smallNetwork(referenceRuntime, 12);
  const unit = { network, site: "second", channel: 2 };
  const input = float32([1, 3, 12, 12], new Random(9).normals(432));
  const activation = await activationAt(unit, input);
  const slopes = await logitSlopes(unit, input, activation);
  const positions = sizeOf(activation.shape.slice(2));
  const raised = async (by: number): Promise<Float64Array> => {
    const values = Float64Array.from(toFloat64(activation));
    for (let i = 2 * positions; i < 3 * positions; i++) values[i] = values[i]! + by;
    return logitsWithout({ ...unit, channel: 0 }, input, { ...activation, dtype: "float64", data: values });
  };
  const [up, down] = [await raised(1e-2), await raised(-1e-2)];
  near(
    slopes,
    [...up].map((value, k) => (value - down[k]!) / 2e-2),
    1e-4,
  );
  assert.deepEqual((await logitsWithout(unit, input, activation)).length, 5);
});
