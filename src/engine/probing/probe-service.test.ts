import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { renderProcedural } from "../../data/procedural/image-set.ts";
import { encodeImage } from "../../data/image/encode-png.ts";
import { usualProbeOptions, type ProbeEvent, type ProbeParams, type ProbeResult } from "../../protocol/probing.ts";
import { startRuntime } from "../runtimes.ts";
import { Service } from "../service.ts";

const root = process.env.GLASSBOX_ROOT ?? process.cwd();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-probes-"));
after(() => fs.rmSync(folder, { recursive: true, force: true }));
const settings = {
  cacheFolder: path.join(folder, "cache"),
  memoryBudgetBytes: 2 ** 31,
  runtime: "onnxruntime" as const,
  weights: "auto" as const,
};
const service = new Service(settings, startRuntime(settings));
const question: ProbeParams = {
  job: "a",
  model: path.join(root, "samples", "vision", "efficientnet-lite0.onnx"),
  data: "procedural:60:2",
  label: "quadrant",
  sites: ["_blocks.2._swish", "_swish"],
  options: { ...usualProbeOptions, folds: 3 },
};
const ask = async (change: Partial<ProbeParams> = {}, cancelled: () => boolean = () => false) => {
  const events: ProbeEvent[] = [];
  return {
    ...(await service.probes.run({ ...question, ...change }, (event) => events.push(event), cancelled)),
    events,
  };
};

test("a collection that was stopped goes on where it was, and a question asked again is answered from disk", async () => {
  let looks = 0;
  const stopped = await ask({}, () => ++looks > 10);
  assert.equal(stopped.cancelled, true);
  assert.equal(stopped.result.data.points.length, 0);
  const { result, events, cached } = await ask();
  assert.equal(cached, false);
  assert.ok(events[0]!.progress.done > 10, `went on at ${events[0]!.progress.done}`);
  assert.deepEqual(result.data.sites, ["_swish", "_blocks.2._swish"]);
  assert.equal(result.data.points.length, 2 * 3 + 1);
  assert.equal(events.filter(({ partial }) => partial).length, 5, "one partial result a layer and control");
  const again = await ask();
  assert.equal(again.cached, true);
  assert.deepEqual(again.result, result);
});

test("another label, and fewer sites, need no activations", async () => {
  const { events } = await ask({ label: "shape", sites: ["_swish"] });
  assert.ok(events.every(({ progress }) => !progress.note.includes("activations")));
});

test("what is exported is the result", async () => {
  const { result } = await ask({ job: "exported" });
  const text = (format: "csv" | "json" | "svg"): string =>
    new TextDecoder().decode(service.probes.export({ job: "exported", format }));
  assert.deepEqual(JSON.parse(text("json")) as ProbeResult, JSON.parse(JSON.stringify(result)));
  assert.equal(text("csv").trim().split("\n").length, 1 + result.data.points.length);
  assert.match(text("svg"), /^<svg [^]*_blocks\.2\._swish[^]*<\/svg>\n$/);
  assert.throws(() => service.probes.export({ job: "none", format: "csv" }), /no longer in the engine/);
});

test("pictures on both sides of a folder's own split fail the certificate; without its split they are kept together", async () => {
  const write = (name: string, index: number): void => {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, encodeImage(renderProcedural({ seed: 1, count: 100 }, index, { width: 64, height: 64 })));
  };
  for (let i = 0; i < 24; i++)
    write(`given/${i % 3 === 0 ? "test" : "train"}/${i % 2 ? "a" : "b"}/${i}.png`, i === 3 ? 1 : i);
  const options = { ...usualProbeOptions, folds: 2, random: false, shuffled: false };
  const check = ({ certificate }: ProbeResult, id: string) => certificate.find((each) => each.id === id)!;
  const given = await ask({ data: path.join(folder, "given"), label: undefined, sites: ["_swish"], options });
  assert.equal(check(given.result, "leakage").status, "fail");
  for (let i = 0; i < 24; i++) write(`free/${i % 4 ? "a" : "b"}/${i}.png`, i === 3 ? 1 : i);
  const free = await ask({ data: path.join(folder, "free"), label: undefined, sites: ["_swish"], options });
  assert.match(check(free.result, "leakage").sentence, /1 samples occur more than once/);
  assert.equal(check(free.result, "leakage").status, "pass");
  assert.equal(free.result.data.metric, "balancedAccuracy", "18 : 6 is unequal");
  assert.equal(check(free.result, "balance").status, "warn");
});

test("scoring on training rows, unknown sites and data that do not fit are refused in words", async () => {
  await assert.rejects(
    ask({ options: { ...usualProbeOptions, testShare: 0 } }),
    /never scored on the rows that it learned from/,
  );
  await assert.rejects(ask({ sites: ["_swisch"] }), /no site named _swisch/);
  const table = path.join(folder, "table.csv");
  fs.writeFileSync(
    table,
    `a,b,label\n${Array.from({ length: 20 }, (_, i) => `${i},${i * i},${i % 2 ? "x" : "y"}`).join("\n")}\n`,
  );
  await assert.rejects(
    ask({ data: table, label: undefined }),
    /a sample is \[2\], but efficientnet-lite0\.onnx takes \[3, 224, 224\]/,
  );
});
