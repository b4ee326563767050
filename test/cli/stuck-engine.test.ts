import assert from "node:assert/strict";
import path from "node:path";
import { after, before, test } from "node:test";
import { CancellationTokenSource } from "vscode-jsonrpc/node";
import { EngineClient, EngineFailure } from "../../src/client/engine-client.ts";
import { openModel } from "../../src/protocol/engine.ts";
import type { Question } from "../../src/protocol/question.ts";
import { writeNpy } from "../../src/formats/numpy/npy.ts";
import { float32 } from "../../src/tensor/tensor.ts";
import { floats, onnxGraph } from "../files/onnx-graph.ts";
import { GlassboxProcess, root, sampleModel } from "./glassbox-process.ts";

const glassbox = new GlassboxProcess();
const side = 256;
const layers = ["a", "b", "c", "d", "e", "f", "g", "h"];

/** Twenty billion multiplications, which take the float64 reference minutes without a turn for its thread. */
const endless = {
  model: glassbox.write(
    "endless.onnx",
    onnxGraph({
      inputs: { picture: [1, 64, side, side] },
      outputs: { answer: [1, 64, 1, 1] },
      nodes: [
        ...layers.map((output, i) => ({
          op: "Conv",
          inputs: [layers[i - 1] ?? "picture", "weight"],
          output,
          attributes: { pads: [1, 1, 1, 1] },
        })),
        { op: "GlobalAveragePool", inputs: [layers.at(-1)!], output: "answer" },
      ],
      weights: { weight: floats([64, 64, 3, 3]) },
    }),
  ),
  analysis: "prediction",
  subject: {
    kind: "picture",
    input: {
      path: glassbox.write("zeros.npy", writeNpy(float32([1, 64, side, side], new Float32Array(64 * side ** 2)))),
    },
  },
  options: {},
} satisfies Omit<Question, "job" | "detail">;

const engine = new EngineClient(
  () => ({ cacheFolder: glassbox.path("cache"), memoryBudgetBytes: 2 ** 31, runtime: "reference" }),
  undefined,
  path.join(root, "dist", "engine.mjs"),
);
before(() => glassbox.build());
after(() => {
  engine.stop();
  glassbox.end();
});

const failsAs =
  (kind: string, sentence: RegExp) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof EngineFailure, String(error));
    assert.equal(error.kind, kind, error.message);
    assert.match(error.message, sentence);
    return true;
  };

test("a computation that does not look at its flag is ended when it is cancelled, and the next request is answered", async () => {
  const before = engine.processId;
  await engine.request(openModel, { model: sampleModel });
  const source = new CancellationTokenSource();
  const stuck = engine.ask(endless, undefined, source.token);
  source.cancel();
  await assert.rejects(stuck, failsAs("cancelled", /did not stop by itself, so it was ended/));
  const process = engine.processId;
  const card = await engine.request(openModel, { model: sampleModel });
  assert.equal(card.kind, "network");
  // Its thread was ended, not its process.
  assert.equal(engine.processId, process);
  assert.notEqual(process, before);
});

test("an engine that is restarted says so to those who wait, and starts again at the next request", async () => {
  await engine.request(openModel, { model: sampleModel });
  const old = engine.processId;
  const stuck = engine.ask(endless);
  engine.stop("The engine was restarted");
  await assert.rejects(stuck, failsAs("cancelled", /The engine was restarted/));
  await engine.request(openModel, { model: sampleModel });
  assert.notEqual(engine.processId, old);
});
