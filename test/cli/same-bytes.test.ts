import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { parse, stringify } from "yaml";
import { answerFile, formatsOf } from "../../src/answers/table.ts";
import { fromExactJson } from "../../src/cli/experiment/exact-json.ts";
import { Store } from "../../src/cli/experiment/store.ts";
import { readTask } from "../../src/cli/experiment/task-file.ts";
import { EngineClient } from "../../src/client/engine-client.ts";
import { analysisCards } from "../../src/methods/table.ts";
import type { AnalysisCard, SubjectKind } from "../../src/protocol/analysis-card.ts";
import { rebaseExperiment, type TaskOutcome } from "../../src/protocol/experiment.ts";
import { exportAnswer, type Question, type Subject } from "../../src/protocol/question.ts";
import type { AnswerData, ShownData } from "../../src/protocol/answer-data.ts";
import type { OptionValues, Result } from "../../src/protocol/result.ts";
import type { SubjectInput } from "../../src/library/glassbox.ts";
import { tinyOracle, tinyPath } from "../oracles/tiny-oracle.ts";
import { cat, GlassboxProcess, root, sampleModel } from "./glassbox-process.ts";

const glassbox = new GlassboxProcess();
const engine = new EngineClient(
  () => ({ cacheFolder: glassbox.path("cache"), memoryBudgetBytes: 2 ** 31, runtime: "onnxruntime" }),
  undefined,
  path.join(root, "dist", "engine.mjs"),
);
before(() => glassbox.build());
after(() => {
  engine.stop();
  glassbox.end();
});

const languageModel = tinyPath("llama-tied-float32");
const { patching } = tinyOracle("llama-tied-float32");

// Small questions: this test is about bytes, not about what they say.
const subjects: Readonly<Record<SubjectKind, { readonly model: string; readonly subject: Subject }>> = {
  picture: { model: sampleModel, subject: { kind: "picture", input: { path: cat } } },
  data: { model: sampleModel, subject: { kind: "data", data: "procedural:60:3", label: "colour" } },
  unit: { model: sampleModel, subject: { kind: "unit", objectives: ['channel("_blocks.4", 19)'] } },
  prompt: {
    model: languageModel,
    subject: {
      kind: "prompt",
      prompt: { ids: patching.clean },
      corrupted: { ids: patching.corrupted },
      answer: patching.answer,
      wrong: patching.wrong,
    },
  },
};

/** The same subjects, as a program writes them. */
const inputs: Readonly<Record<SubjectKind, SubjectInput>> = {
  picture: { picture: cat },
  data: { data: "procedural:60:3", label: "colour" },
  unit: { unit: "_blocks.4:19" },
  prompt: { ids: patching.clean, corrupted: patching.corrupted, answer: patching.answer, wrong: patching.wrong },
};

/** Options that keep a question small, or that say something else than the default; by the options an analysis has. */
const smaller: OptionValues = {
  samples: 4,
  rule: "midpoint",
  size: 32,
  images: 2,
  folds: 3,
  sites: "_swish",
  maxTokens: 5,
  temperature: 1,
  topP: 0.9,
  head: "1.2",
  positions: "1,3",
  trackToken: "#3",
  targets: "#3|#7",
  valueWeighted: true,
  points: 28,
  shuffles: 3,
  bootstraps: 3,
  ablations: 1,
  sequences: 2,
  directions: 2,
  copied: 5,
  subtract: true,
  gains: "folded",
};
const stepsOf = ({ takes }: AnalysisCard): OptionValues => ({ steps: takes === "unit" ? 12 : 6 });

function questionOf(card: AnalysisCard): Question {
  const { model, subject } = subjects[card.takes];
  const wanted = { ...smaller, ...stepsOf(card) };
  const options = Object.fromEntries(
    card.options.flatMap(({ name }) => (wanted[name] === undefined ? [] : [[name, wanted[name]]])),
  );
  return { job: `panel ${card.id}`, analysis: card.id, model, subject, options, detail: "exact" };
}

/** What was computed, but not the weights that a running engine has mapped. */
function forgetAnswers(): void {
  for (const name of ["answers", "parts", "activations"]) {
    const folder = glassbox.path("cache", name);
    for (const each of fs.existsSync(folder) ? fs.readdirSync(folder) : [])
      fs.rmSync(path.join(folder, each), { recursive: true });
  }
}

/** Exactly, whatever holds the numbers. */
const exactly = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) =>
    ArrayBuffer.isView(each) ? Array.from(each as Float64Array, String) : each,
  );

/** What a panel has of an answer: its drawing and its files. */
interface Shown {
  readonly answer: Result<AnswerData | ShownData>;
  readonly files: ReadonlyMap<string, Buffer>;
}

/** As a panel asks: a drawing, and the exact answer as files. */
async function show(card: AnalysisCard): Promise<Shown> {
  const question = questionOf(card);
  const answer = await engine.show(question);
  const files = new Map<string, Buffer>();
  for (const format of formatsOf(card.gives).filter((each) => each !== "json"))
    files.set(format, Buffer.from(await engine.request(exportAnswer, { job: question.job, format })));
  return { answer, files };
}

/** As a panel's Save as Experiment writes, in another folder. */
interface Saved {
  readonly analyses: readonly object[];
}
async function saved({ answer }: Shown): Promise<Saved> {
  const text = await engine.request(rebaseExperiment, { text: answer.code.experiment!, folder: glassbox.folder });
  return parse(text) as Saved;
}

/** Every analysis of one kind of subject, asked in the ways that need one process for all of them. */
interface Asked {
  readonly shown: ReadonlyMap<string, Shown>;
  /** What `glassbox run` left. */
  readonly store: Store;
  readonly stems: ReadonlyMap<string, string>;
  /** What the engine answers to the file. */
  readonly outcomes: ReadonlyMap<string, TaskOutcome>;
}

async function askAll(kind: SubjectKind): Promise<Asked> {
  const cards = analysisCards.filter(({ takes }) => takes === kind);
  forgetAnswers();
  const shown = new Map<string, Shown>();
  for (const card of cards) shown.set(card.id, await show(card));

  const experiments = await Promise.all([...shown.values()].map(saved));
  const [{ analyses: _analyses, ...first }] = experiments as [Saved];
  for (const { analyses, ...rest } of experiments) {
    assert.equal(analyses.length, 1);
    assert.deepEqual(rest, first, "one subject is written in one way");
  }
  const merged = { ...first, analyses: experiments.flatMap(({ analyses }) => analyses) };
  const file = glassbox.write(`${kind}.glassbox.yaml`, stringify(merged));

  forgetAnswers();
  const ran = glassbox.run("run", file, "--out", glassbox.path(kind));
  assert.equal(ran.code, 0, ran.err);
  const store = new Store(glassbox.path(kind));
  const { tasks } = store.readJson("plan.json") as { tasks: { stem: string; method: string }[] };
  const stems = new Map(tasks.map(({ method, stem }) => [method, stem]));
  assert.deepEqual([...stems.keys()], [...shown.keys()]);

  forgetAnswers();
  const outcomes = new Map<string, TaskOutcome>();
  await engine.experiment({ job: kind, file, detail: "exact" }, (event) => {
    if (event.kind === "done") outcomes.set(event.outcome.task.method, event.outcome as TaskOutcome);
  });
  return { shown, store, stems, outcomes };
}

const asked = new Map<SubjectKind, Promise<Asked>>();
function askedOf(kind: SubjectKind): Promise<Asked> {
  const known = asked.get(kind) ?? askAll(kind);
  asked.set(kind, known);
  return known;
}

for (const card of analysisCards) {
  const { id, takes } = card;
  test(`panel, terminal, library and experiment file give the same bytes: ${id}`, async () => {
    const { shown, store, stems, outcomes } = await askedOf(takes);
    const { answer: drawing, files } = shown.get(id)!;
    const stem = `tasks/${stems.get(id)!}`;
    const kept = readTask(store, { stem: stems.get(id)! }).result as Result;
    assert.equal(kept.code.cli, drawing.code.cli, "the command");
    assert.equal(exactly(kept.provenance), exactly(drawing.provenance), "the provenance");
    assert.equal(exactly(kept.certificate), exactly(drawing.certificate), "the certificate");
    for (const [format, bytes] of files)
      assert.ok(Buffer.from(answerFile(kept, format)).equals(bytes), `the panel's ${format}`);

    // The engine's own answer to the file.
    const { result } = outcomes.get(id)!;
    assert.equal(exactly(result!.data), exactly(kept.data), "the engine's data");
    assert.deepEqual(result!.certificate, kept.certificate);
    assert.deepEqual(result!.code.experiment, kept.code.experiment);

    // As its command asks: what lies next to the answer is what lies next to the task, under another name.
    forgetAnswers();
    const alone = glassbox.path(`${id} alone`);
    const ran = glassbox.runLine(`${drawing.code.cli} --out '${alone}'`);
    assert.equal(ran.code, 0, ran.err);
    const beside = fs
      .readdirSync(store.folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.startsWith(`${stem}.`) && !name.endsWith(".json"));
    assert.deepEqual(
      fs
        .readdirSync(alone)
        .filter((name) => !name.endsWith(".json") && name !== ".glassbox")
        .sort(),
      beside.map((name) => name.replace(stem, id)).sort(),
    );
    for (const name of beside)
      assert.ok(
        fs.readFileSync(path.join(alone, name.replace(stem, id))).equals(Buffer.from(store.read(name))),
        `the terminal's ${name}`,
      );
    const answer = new Store(alone);
    const { result: own } = fromExactJson(answer, answer.readJson(`${id}.json`)) as { readonly result: Result };
    assert.equal(exactly(own), exactly(kept), "the answer");

    // A program that asks the same finds the terminal's answer, and writes the same files.
    const { open } = (await import(
      pathToFileURL(path.join(root, "dist", "glassbox.mjs")).href
    )) as typeof import("../../src/library/glassbox.ts");
    const model = await open(subjects[takes].model, { cache: glassbox.path("cache") });
    try {
      const found = await model.ask(id, inputs[takes], { options: questionOf(card).options });
      assert.ok(found.cached, "the library asks the terminal's question");
      for (const [format, bytes] of files)
        assert.ok(Buffer.from(await found.file(format)).equals(bytes), `the library's ${format}`);
    } finally {
      await model.close();
    }
  });
}
