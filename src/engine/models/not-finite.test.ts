import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { floats, onnxGraph } from "../../../test/files/onnx-graph.ts";
import { parseTarget } from "../../graph/target.ts";
import { rowsOf } from "../../methods/network.ts";
import { referenceRuntime } from "../../runtime/reference/reference.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { float32 } from "../../tensor/tensor.ts";
import { openNetwork } from "./open-network.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-not-finite-"));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

/** y = x / weight. */
async function divided(by: readonly number[]) {
  const file = path.join(folder, `${by.join()}.onnx`);
  const ports = { inputs: { x: [1, 3] }, outputs: { y: [1, 3] } };
  const nodes = [{ op: "Div", inputs: ["x", "w"], output: "y" }];
  fs.writeFileSync(file, onnxGraph({ ...ports, nodes, weights: { w: floats([1, 3], by) } }));
  return (await openNetwork(file, referenceRuntime, 2 ** 30, undefined)).model.network;
}

const refused = (error: unknown): boolean =>
  error instanceof GlassboxError && /output is not finite: number \d is (NaN|-?Infinity)/.test(error.what);

test("a network whose output is no number is refused: its logits, and the scores of its gradients", async () => {
  const network = await divided([1, 0, 1]);
  for (const x of [float32([1, 3], [1, 0, 1]), float32([1, 3], [1, 1, 1])]) {
    await assert.rejects(network.logits(x), refused);
    const run = async () => {
      for await (const _ of network.gradients(rowsOf(x), parseTarget("logit:1"), { wrt: [network.source.input] }));
    };
    await assert.rejects(run, refused);
  }
  await network.uncheckedLogits(float32([1, 3], [1, 0, 1]));
});

test("a network whose every score is minus infinity is refused, and so is the gradient of one such score", async () => {
  const network = await divided([0, 0, 0]);
  await assert.rejects(network.logits(float32([1, 3], [-1, -1, -1])), refused);
  const masking = await divided([1, 0, 1]);
  const x = float32([1, 3], [1, -1, 1]);
  await assert.rejects(async () => {
    for await (const _ of masking.gradients(rowsOf(x), parseTarget("logit:1"), { wrt: [masking.source.input] }));
  }, refused);
});

test("the score of a mask, minus infinity, is none of these", async () => {
  const network = await divided([1, 0, 1]);
  assert.equal((await network.logits(float32([1, 3], [1, -1, 1]))).data[1], -Infinity);
});
