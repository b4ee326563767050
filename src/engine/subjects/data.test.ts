import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { renderProcedural } from "../../data/procedural/image-set.ts";
import { encodeImage } from "../../data/image/encode-png.ts";
import { answerFile } from "../../answers/table.ts";
import type { Answer, AskEvent, DataSubject, Question } from "../../protocol/question.ts";
import type { Probes } from "../../protocol/probing.ts";
import type { Result } from "../../protocol/result.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { Asker } from "../ask/asker.ts";
import { dataPicture } from "../data/picture.ts";
import { dataCard } from "../data/describe.ts";
import { startRuntime } from "../runtimes.ts";
import { engineServices } from "../services.ts";

const root = process.env.GLASSBOX_ROOT ?? process.cwd();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-probes-"));
after(() => fs.rmSync(folder, { recursive: true, force: true }));
const settings = {
  cacheFolder: path.join(folder, "cache"),
  memoryBudgetBytes: 2 ** 31,
  runtime: "onnxruntime" as const,
  weights: "auto" as const,
};
const services = engineServices(settings, startRuntime(settings));
const asker = new Asker(services);
const model = path.join(root, "samples", "vision", "efficientnet-lite0.onnx");
const subject: DataSubject = { kind: "data", data: "procedural:60:2", label: "quadrant" };
const options = { sites: "_blocks.2._swish,_swish", folds: 3 };
const question: Question<DataSubject> = {
  job: "a",
  analysis: "linear-probes",
  model,
  subject,
  options,
  detail: "exact",
};
const ask = async (change: Partial<Question<DataSubject>> = {}, cancelled: () => boolean = () => false) => {
  const events: AskEvent[] = [];
  const answer = await asker.ask({ ...question, ...change }, (event) => void events.push(event), cancelled);
  const { cached, cancelled: stopped, ...result } = answer as Answer<Probes>;
  return { result, cached, cancelled: stopped, events };
};
const collects = (events: readonly AskEvent[]): boolean =>
  events.some(({ progress }) => progress.note.includes("activations"));

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
  assert.equal(events.filter(({ result: partial }) => partial).length, 5, "one partial result a layer and control");
  assert.equal(result.provenance.options["sites"], "_swish,_blocks.2._swish");
  const again = await ask();
  assert.equal(again.cached, true);
  assert.deepEqual(again.result, result);
});

test("another label, and fewer sites, need no activations", async () => {
  const { events } = await ask({ subject: { ...subject, label: "shape" }, options: { sites: "_swish", folds: 3 } });
  assert.ok(events.length > 0);
  assert.ok(!collects(events));
});

test("points are made once: fewer sites or controls take what they share, and more sites add theirs", async () => {
  const { result: whole } = await ask();
  const pointsOf = (series: readonly string[], site: string) =>
    whole.data.points.filter((point) => series.includes(point.series) && point.site === site);
  const fewer = await ask({ options: { sites: "_blocks.2._swish", folds: 3, random: false } });
  assert.equal(fewer.cached, false);
  assert.deepEqual(fewer.events, []);
  assert.deepEqual(fewer.result.data.points, [
    ...pointsOf(["raw"], "input"),
    ...pointsOf(["trained", "shuffled"], "_blocks.2._swish").map((point) => ({ ...point, depth: 0 })),
  ]);
  const more = await ask({ options: { sites: "_blocks.2._swish,_blocks.1._swish,_swish", folds: 3, random: false } });
  assert.equal(more.events.filter(({ result }) => result).length, 1, "one site is new");
  assert.deepEqual(
    more.result.data.points.map(({ series, site, depth }) => `${series} ${site} ${depth}`),
    [
      "raw input -1",
      ...["_swish", "_blocks.1._swish", "_blocks.2._swish"].flatMap((site, depth) =>
        ["trained", "shuffled"].map((series) => `${series} ${site} ${depth}`),
      ),
    ],
  );
});

test("what is exported is the answer", async () => {
  const { result } = await ask({ job: "exported" });
  const held = asker.held("exported") as Result<Probes>;
  const text = (format: "csv" | "json" | "svg"): string => String(answerFile(held as never, format));
  assert.deepEqual(JSON.parse(text("json")), JSON.parse(JSON.stringify(result)));
  assert.equal(text("csv").trim().split("\n").length, 1 + result.data.points.length);
  assert.match(text("svg"), /^<svg [^]*_blocks\.2\._swish[^]*<\/svg>\n$/);
  assert.throws(() => asker.held("none"), /no longer in the engine/);
});

test("the copied command and the experiment name the data, the label, the sites and what differs from the defaults", async () => {
  const { code } = (await ask()).result;
  assert.match(
    code.cli,
    /^glassbox ask linear-probes \S+ --data procedural:60:2 --label quadrant --sites _swish,_blocks\.2\._swish --folds 3$/,
  );
  assert.match(code.experiment!, /- data: procedural:60:2\n +label: quadrant\n/);
});

test("a dataset is described with its labels and the sites that are probed by default; its rows are small pictures", async () => {
  const card = await dataCard(services, { model, data: subject.data });
  assert.deepEqual(
    card.labels.map(({ name }) => name),
    ["shape", "colour", "quadrant", "size"],
  );
  for (const { classes, counts } of card.labels) {
    assert.equal(counts.length, classes.length);
    assert.equal(
      counts.reduce((sum, n) => sum + n, 0),
      60,
    );
  }
  assert.equal(card.defaultSites.length, 10);
  const picture = dataPicture(services, { model, data: subject.data, row: 3, side: 24 })!;
  assert.deepEqual([picture.width, picture.height, picture.rgb.length], [24, 24, 24 * 24 * 3]);
  assert.throws(() => dataPicture(services, { model, data: subject.data, row: 60, side: 24 }), /no row 60 of 60/);
});

test("pictures on both sides of a folder's own split fail the certificate; without its split they are kept together", async () => {
  const write = (name: string, index: number): void => {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, encodeImage(renderProcedural({ seed: 1, count: 100 }, index, { width: 64, height: 64 })));
  };
  for (let i = 0; i < 24; i++)
    write(`given/${i % 3 === 0 ? "test" : "train"}/${i % 2 ? "a" : "b"}/${i}.png`, i === 3 ? 1 : i);
  const options = { sites: "_swish", folds: 2, random: false, shuffled: false };
  const check = ({ certificate }: Result<Probes>, id: string) => certificate.find((each) => each.id === id)!;
  const given = await ask({ subject: { kind: "data", data: path.join(folder, "given") }, options });
  assert.equal(check(given.result, "leakage").status, "fail");
  for (let i = 0; i < 24; i++) write(`free/${i % 4 ? "a" : "b"}/${i}.png`, i === 3 ? 1 : i);
  const free = await ask({ subject: { kind: "data", data: path.join(folder, "free") }, options });
  assert.match(check(free.result, "leakage").sentence, /1 samples occur more than once/);
  assert.equal(check(free.result, "leakage").status, "pass");
  assert.equal(free.result.data.metric, "balancedAccuracy", "18 : 6 is unequal");
  assert.equal(check(free.result, "balance").status, "warn");
});

test("scoring on training rows, unknown sites and data that do not fit are refused in words", async () => {
  await assert.rejects(
    ask({ options: { testShare: 0 } }),
    (error) =>
      error instanceof GlassboxError && error.what === "testShare is 0" && /from 0\.05 to 0\.5/.test(error.hint!),
  );
  await assert.rejects(ask({ options: { sites: "_swisch" } }), /no site named _swisch/);
  await assert.rejects(ask({ options: { pooling: "median" } }), /pooling is median/);
  await assert.rejects(ask({ options: { folds: 1 } }), /folds is 1/);
  await assert.rejects(ask({ options: { seed: 2 ** 31 } }), /seed is 2147483648/);
  const table = path.join(folder, "table.csv");
  fs.writeFileSync(
    table,
    `a,b,label\n${Array.from({ length: 20 }, (_, i) => `${i},${i * i},${i % 2 ? "x" : "y"}`).join("\n")}\n`,
  );
  await assert.rejects(
    ask({ subject: { kind: "data", data: table } }),
    /a sample is \[2\], but efficientnet-lite0\.onnx takes \[3, 224, 224\]/,
  );
});
