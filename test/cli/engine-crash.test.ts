import assert from "node:assert/strict";
import path from "node:path";
import { after, before, test } from "node:test";
import { EngineClient, EngineFailure } from "../../src/client/engine-client.ts";
import { openModel } from "../../src/protocol/engine.ts";
import { cat, GlassboxProcess, root, sampleModel } from "./glassbox-process.ts";

const glassbox = new GlassboxProcess();
const engine = new EngineClient(
  () => ({ cacheFolder: glassbox.path("cache"), memoryBudgetBytes: 2 ** 31, runtime: "onnxruntime", weights: "auto" }),
  undefined,
  path.join(root, "dist", "engine.mjs"),
);
before(() => glassbox.build());
after(() => {
  engine.stop();
  glassbox.end();
});

test("an engine that dies in the middle of a run fails that run with a sentence, and the next request starts it again", async () => {
  const first = engine.ask(
    {
      model: sampleModel,
      analysis: "smoothgrad",
      subject: { kind: "picture", input: { path: cat } },
      options: { samples: 1000 },
    },
    () => process.kill(engine.processId!, "SIGKILL"),
  );
  await assert.rejects(first, (error: unknown) => {
    assert.ok(error instanceof EngineFailure, String(error));
    assert.equal(error.failure.kind, "crash", error.message);
    assert.match(error.message, /ended by SIGKILL.*Try again/);
    return true;
  });
  const card = await engine.request(openModel, { model: sampleModel });
  assert.equal(card.kind === "network" && card.classes?.count, 1000);
});
