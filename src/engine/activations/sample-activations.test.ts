import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { openDecoder } from "../../architectures/open.ts";
import { LanguageModel } from "../../methods/language-model/language-model.ts";
import { Curvature } from "../../methods/probing/curvature.ts";
import type { PromptSource } from "../../methods/traced.ts";
import type { ActivationRequest } from "../../methods/activation-store.ts";
import { referenceRuntime } from "../../runtime/reference/reference.ts";
import { Random } from "../../tensor/random.ts";
import { ActivationCache } from "./activation-cache.ts";
import { Curvatures } from "./curvatures.ts";
import { SampleActivations } from "./sample-activations.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-sample-activations-"));
test.after(() => fs.rmSync(folder, { recursive: true, force: true }));
const checkpoint = path.join(process.env["GLASSBOX_ROOT"] ?? ".", "test/oracles/tiny/llama-tied-float32");
const model = new LanguageModel(openDecoder(checkpoint, "tiny").decoder, referenceRuntime);

let prompted = 0;
const prompts: PromptSource = {
  count: 4,
  tokens: (row) => {
    prompted++;
    return [row, 1 + row, 2, 3].slice(0, 2 + (row % 3));
  },
};
/** The prompt's length, as a control. */
const raw = { features: 1, row: (row: number) => Float32Array.of(2 + (row % 3)) };
const kept = { activations: new ActivationCache(folder), curvatures: new Curvatures(1e8) };
const store = (dependsOn = "prompts"): SampleActivations<PromptSource> =>
  new SampleActivations<PromptSource>(kept, { rows: prompts, raw }, dependsOn);

const at = (site: string): ActivationRequest<PromptSource> => ({ network: model, site, pooling: "position" });
const requests: readonly ActivationRequest<PromptSource>[] = [
  at("blocks.0.hook_resid_post"),
  at("blocks.1.hook_resid_post"),
  { network: undefined, site: "input", pooling: "position" },
];

test("a language model's activations are collected in the same room: stopped, they go on, and are collected once", async () => {
  const stopped = store().collect(requests);
  assert.deepEqual((await stopped.next()).value, { done: 1, total: 4, note: "activations of 1 of 4 samples" });
  await stopped.return(undefined);
  assert.equal(prompted, 1);

  const activations = store();
  const done: number[] = [];
  for await (const progress of activations.collect(requests)) done.push(progress.done);
  assert.deepEqual(done, [2, 3, 4]);
  assert.equal(prompted, 4);
  for await (const _ of store().collect(requests)) assert.fail("nothing is collected twice");

  for (const request of requests.slice(0, 2)) {
    const { rows, columns, data } = activations.read(request);
    assert.deepEqual([rows, columns], [4, model.decoder.width]);
    for (let row = 0; row < rows; row++) {
      const trace = await model.trace(prompts.tokens(row), [request.site]);
      assert.deepEqual(
        [...data.subarray(row * columns, (row + 1) * columns)],
        [...Float32Array.from(trace.get(request.site).data as Float64Array).slice(-columns)],
      );
    }
  }
  assert.deepEqual([...activations.read(requests[2]!).data], [2, 3, 4, 2]);
});

test("other samples, and another pooling, have files of their own", async () => {
  assert.throws(() => store("other prompts").read(requests[0]!), /shorter than it was/);
  assert.throws(() => store().read({ ...requests[0]!, pooling: "max" }), /shorter than it was/);
});

test("a factor is made once for a site and its rows", async () => {
  let made = 0;
  const make = (): Promise<Curvature> => {
    made++;
    return Curvature.of({ rows: 6, columns: 2, data: new Random(1).normals(12) }, referenceRuntime);
  };
  const [rows, others] = [Int32Array.of(0, 1, 2), Int32Array.of(0, 1, 3)];
  const first = await store().curvature(requests[0]!, rows, make);
  assert.equal(await store().curvature(requests[0]!, rows.slice(), make), first);
  assert.equal(made, 1);
  await store().curvature(requests[0]!, others, make);
  await store().curvature(requests[1]!, rows, make);
  assert.equal(made, 3);
});
