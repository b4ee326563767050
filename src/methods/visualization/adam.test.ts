import { test } from "node:test";
import { near } from "../../../test/near.ts";
import { Adam } from "./adam.ts";

test("Adam's first step has the length of the learning rate, along the gradient; equal gradients keep that length", () => {
  const adam = new Adam(0.05, 2);
  const values = new Float32Array(2);
  for (let step = 1; step <= 3; step++) adam.ascend(values, [3, -0.001], step);
  near(values, [0.15, -0.15], 2e-6);
});
