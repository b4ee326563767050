import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, test } from "node:test";
import { answerFile, formatsOf } from "../../src/answers/table.ts";
import { fromExactJson } from "../../src/cli/experiment/exact-json.ts";
import { Store } from "../../src/cli/experiment/store.ts";
import { readTask } from "../../src/cli/experiment/task-file.ts";
import { EngineClient } from "../../src/client/engine-client.ts";
import { analysisCards } from "../../src/methods/table.ts";
import type { AnalysisCard, SubjectKind } from "../../src/protocol/analysis-card.ts";
import { rebaseExperiment, type TaskOutcome } from "../../src/protocol/experiment.ts";
import { exportAnswer, type Question, type Subject } from "../../src/protocol/question.ts";
import type { OptionValues, Result } from "../../src/protocol/result.ts";
import { cat, GlassboxProcess, root, sampleModel } from "./glassbox-process.ts";

const glassbox = new GlassboxProcess();
const engine = new EngineClient(
  () => ({ cacheFolder: glassbox.path("cache"), memoryBudgetBytes: 2 ** 31, runtime: "onnxruntime" }),
  undefined,
  path.join(root, "dist", "engine.mjs"),
);
// before(() => glassbox.build());
after(() => {
  engine.stop();
  glassbox.end();
});

const languageModel = path.join(root, "test", "oracles", "tiny", "llama-tied-float32");
const { patching } = JSON.parse(fs.readFileSync(path.join(languageModel, "oracle.json"), "utf8")) as {
  patching: { clean: number[]; corrupted: number[]; answer: number; wrong: number };
};

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

for (const card of analysisCards) {
  test(`panel, terminal, library and experiment file give the same bytes: ${card.id}`, async () => {
    const { id } = card;
    const question = questionOf(card);
    // As a panel asks: a drawing, and the exact answer as files.
    forgetAnswers();
    const shown = await engine.show(question);
    const exported = new Map<string, Buffer>();
    for (const format of formatsOf(card.gives).filter((each) => each !== "json"))
      exported.set(format, Buffer.from(await engine.request(exportAnswer, { job: question.job, format })));

    // As its Save as Experiment writes, in another folder.
    const text = await engine.request(rebaseExperiment, { text: shown.code.experiment!, folder: glassbox.folder });
    const file = glassbox.write(`${id}.glassbox.yaml`, text);
    forgetAnswers();
    const ran = glassbox.run("run", file, "--out", glassbox.path(id));
    assert.equal(ran.code, 0, ran.err);
    const store = new Store(glassbox.path(id));
    const [task] = (store.readJson("plan.json") as { tasks: { stem: string; method: string }[] }).tasks;
    assert.equal(task!.method, id);
    const kept = readTask(store, task!).result as Result;
    assert.equal(kept.code.cli, shown.code.cli, "the command");
    assert.equal(exactly(kept.provenance), exactly(shown.provenance), "the provenance");
    assert.equal(exactly(kept.certificate), exactly(shown.certificate), "the certificate");
    for (const [format, bytes] of exported)
      assert.ok(Buffer.from(answerFile(kept, format)).equals(bytes), `the panel's ${format}`);

    // As its command asks: what lies next to the answer is what lies next to the task, under another name.
    forgetAnswers();
    const alone = glassbox.path(`${id} alone`);
    const asked = glassbox.runLine(`${shown.code.cli} --out '${alone}'`);
    assert.equal(asked.code, 0, asked.err);
    const stem = `tasks/${task!.stem}`;
    const beside = fs
      .readdirSync(store.folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.startsWith(`${stem}.`) && !name.endsWith(".json"));
    assert.deepEqual(
      fs
        .readdirSync(alone)
        .filter((name) => !name.endsWith(".json"))
        .sort(),
      beside.map((name) => name.replace(stem, id)).sort(),
    );
    for (const name of beside)
      assert.ok(
        fs.readFileSync(path.join(alone, name.replace(stem, id))).equals(Buffer.from(store.read(name))),
        `the terminal's ${name}`,
      );
    const answer = new Store(alone);
    const { result } = fromExactJson(answer, answer.readJson(`${id}.json`)) as { readonly result: Result };
    assert.equal(exactly(result), exactly(kept), "the answer");

    // The engine's own answer to the file.
    forgetAnswers();
    let heard: TaskOutcome | undefined;
    await engine.experiment(
      { job: "file", file, detail: "exact" },
      (event) => (heard = event.kind === "done" ? (event.outcome as TaskOutcome) : heard),
    );
    assert.equal(exactly(heard!.result!.data), exactly(kept.data), "the engine's data");
    assert.deepEqual(heard!.result!.certificate, kept.certificate);
    assert.deepEqual(heard!.result!.code.experiment, kept.code.experiment);
  });
}
