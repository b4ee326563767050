import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { tinyOracle, tinyPath } from "../../test/oracles/tiny-oracle.ts";
import { after, test } from "node:test";
import { writeNpy } from "../formats/numpy/npy.ts";
import type { Subject } from "../protocol/question.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { float32, toFloat64, type Tensor } from "../tensor/tensor.ts";
import { startRuntime } from "./runtimes.ts";
import { engineServices, type EngineServices } from "./services.ts";
import { trace } from "./trace.ts";

const root = process.env.GLASSBOX_ROOT ?? process.cwd();
const cacheFolder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-trace-"));
after(() => fs.rmSync(cacheFolder, { recursive: true, force: true }));
const settings = { cacheFolder, memoryBudgetBytes: 2 ** 31, runtime: "onnxruntime", weights: "auto" } as const;
const servicesWith = (memoryBudgetBytes: number): EngineServices =>
  engineServices({ ...settings, memoryBudgetBytes }, startRuntime(settings));
const services = servicesWith(settings.memoryBudgetBytes);

const network = path.join(root, "samples", "vision", "efficientnet-lite0.onnx");
const cat: Subject = { kind: "picture", input: { path: path.join(root, "samples", "vision", "chelsea.png") } };
const language = tinyPath("llama-tied-float32");
const oracle = tinyOracle("llama-tied-float32");
const prompt: Subject = { kind: "prompt", prompt: { ids: oracle.tokens } };

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

test("a language model's activations are those that PyTorch computed", async () => {
  const sites = Object.keys(oracle.sites);
  assert.ok(sites.length > 10);
  const found = await trace(services, { model: language, subject: prompt, sites });
  assert.deepEqual([...found.keys()], sites);
  for (const [site, { shape, data }] of Object.entries(oracle.sites)) {
    const activation = found.get(site)!;
    assert.deepEqual(activation.shape, shape, site);
    assert.ok(largestDifference(toFloat64(activation), data) < 1e-4, site);
  }
});

test("a network's activations have the shapes of its card, and the last one holds the logits", async () => {
  const { card, network: opened } = await services.models.network(network);
  const found = await trace(services, { model: network, subject: cat, sites: card.sites.map(({ name }) => name) });
  for (const { name, shape } of card.sites) assert.deepEqual(found.get(name)!.shape, shape, name);
  const shape = [1, ...opened.inputShape];
  const input = float32(
    shape,
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i)),
  );
  const logits = await opened.logits(input);
  const last = card.sites.findLast(({ shape: [, classes] }) => classes === opened.classes)!.name;
  const subject: Subject = { kind: "picture", input: { name: "waves.npy", bytes: writeNpy(input) } };
  const traced = (await trace(services, { model: network, subject, sites: [last] })).get(last) as Tensor;
  assert.ok(largestDifference(toFloat64(traced), toFloat64(logits)) < 1e-5);
});

test("what cannot be traced is refused in a sentence", async () => {
  const refusals: readonly (readonly [string, Subject, readonly string[], RegExp])[] = [
    [
      language,
      prompt,
      ["blocks.0.hook_resid_prf"],
      /no site named .*resid_prf.*Did you mean blocks\.0\.hook_resid_pre/,
    ],
    [network, cat, ["_blocks.4x"], /no site named _blocks\.4x.*Did you mean _blocks\.4/],
    [network, cat, [], /no site is given/],
    [network, prompt, ["_blocks.4"], /a network of pictures or tensors, which takes no text/],
    [language, cat, ["hook_embed"], /a language model, which takes text and no pictures/],
    [network, { kind: "data", data: "procedural:4" }, ["_blocks.4"], /traced for one input/],
  ];
  for (const [model, subject, sites, words] of refusals)
    await assert.rejects(
      async () => trace(services, { model, subject, sites }),
      (error) => error instanceof GlassboxError && words.test(error.message),
      String(words),
    );
});

test("activations larger than the memory budget are refused with both numbers", async () => {
  // One run fits, the activations of all sites together do not.
  const few = servicesWith(2 ** 24);
  const { card } = await few.models.network(network);
  await assert.rejects(
    trace(few, { model: network, subject: cat, sites: card.sites.map(({ name }) => name) }),
    /these activations take 0\.0\d+ GB, and 0\.0156 GB are allowed/,
  );
});
