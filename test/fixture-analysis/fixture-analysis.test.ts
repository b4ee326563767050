/** What the architecture promises: an analysis of one file and one line in a list is on every surface. */
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { TextDocument } from "vscode-languageserver-textdocument";
import { answerFile, formatsOf } from "../../src/answers/table.ts";
import { askCommand } from "../../src/cli/commands/ask.ts";
import { parseFlags } from "../../src/cli/flags.ts";
import { optionFlags } from "../../src/cli/option-flags.ts";
import type { Session } from "../../src/cli/command.ts";
import { startEngine } from "../../src/engine/engine.ts";
import { runExperimentFile } from "../../src/engine/experiments/run.ts";
import { prepareInput } from "../../src/engine/inputs.ts";
import { startRuntime } from "../../src/engine/runtimes.ts";
import { parseExperiment } from "../../src/experiment/parse.ts";
import { experimentSchema } from "../../src/experiment/schema.ts";
import { validate } from "../../src/experiment/validate.ts";
import { completion } from "../../src/language-server/experiment/completion.ts";
import { OpenExperiment } from "../../src/language-server/experiment/open-document.ts";
import { readText } from "../../src/language-server/reading/reading.ts";
import { cardsOf } from "../../src/methods/analysis-card.ts";
import { analyses } from "../../src/methods/table.ts";
import type { AnswerData } from "../../src/protocol/answer-data.ts";
import { openModel, type InputParams, type ModelParams } from "../../src/protocol/engine.ts";
import type { TaskOutcome } from "../../src/protocol/experiment.ts";
import type { Grid } from "../../src/protocol/grid.ts";
import type { Answer, AskEvent, Question } from "../../src/protocol/question.ts";
import { quadrantMeans } from "./quadrant-means.ts";

const samples = path.join(process.env.GLASSBOX_ROOT ?? process.cwd(), "samples", "vision");
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-fixture-"));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

const settings = {
  cacheFolder: path.join(folder, "cache"),
  memoryBudgetBytes: 2 ** 31,
  runtime: "onnxruntime",
} as const;
// The one line.
const all = [...analyses, quadrantMeans];
const cards = cardsOf(all);
const engine = startEngine(settings, startRuntime(settings), all);

const question: Question = {
  job: "fixture",
  analysis: quadrantMeans.id,
  model: path.join(samples, "efficientnet-lite0.onnx"),
  subject: { kind: "picture", input: { path: path.join(samples, "chelsea.png") } },
  options: { magnitude: true },
  detail: "exact",
};
const never = (): boolean => false;
const ask = async (asked: Question, emit: (event: AskEvent) => void = () => undefined): Promise<Answer<AnswerData>> =>
  (await engine.asker.ask(asked, emit, never)) as Answer<AnswerData>;

test("it is asked like any other, and written in the formats of its kind", async () => {
  const answer = await ask(question);
  const { rows, columns, cells } = answer.data as Grid;
  assert.deepEqual([rows.length, columns.length], [3, 4]);
  assert.ok(cells.every((value) => value > 0));
  assert.deepEqual(formatsOf("grid"), ["json", "csv", "png"]);
  assert.match(String(answerFile(answer, "csv")), /^,top left,top right,bottom left,bottom right\n0,\d/);
  assert.equal((answerFile(answer, "png") as Uint8Array)[1], "P".charCodeAt(0));
});

test("the schema and the checks of experiment files know it and its options", () => {
  const schema = JSON.stringify(experimentSchema(cards));
  assert.match(schema, /"const":"quadrant-means"/);
  assert.match(schema, /"magnitude":\{"type":"boolean"/);
  const { experiment } = parseExperiment(
    "model: m.onnx\ninputs: [a.png]\nanalyses:\n  - method: quadrant-means\n    options: { magnitud: true }\n",
  );
  assert.deepEqual(
    validate(experiment!, cards).map(({ code, instead }) => [code, instead]),
    [["unknown-option", ["magnitude"]]],
  );
});

test("the editor completes its name, its options and what claims may read of it", async () => {
  const text =
    "model: m.onnx\ninputs: [a.png]\nanalyses:\n  - method: quadrant-means\n    options:\n      m\n  - method: \nclaims:\n  - expect: quadrant-means.";
  const lines = text.split("\n");
  const document = TextDocument.create("file:///x.glassbox.yaml", "glassbox-experiment", 1, text);
  const experiment = new OpenExperiment(document, async (read) => readText(read, cards));
  const token = { isCancellationRequested: false, onCancellationRequested: () => ({ dispose: () => undefined }) };
  await experiment.reading(token);
  const asked = {
    experiment,
    cards,
    token,
    facts: { known: async () => undefined, model: async () => undefined },
    all: undefined,
  };
  const labels = async (line: number): Promise<readonly string[]> => {
    const { items } = await completion(asked as never, { line, character: lines[line]!.length });
    return items.map(({ label }) => label);
  };
  assert.ok((await labels(6)).includes("quadrant-means"));
  assert.ok((await labels(5)).includes("magnitude"));
  assert.ok((await labels(8)).includes("quadrant-means.cell(row, column)"));
  experiment.close();
});

test("the terminal asks it by its name, with its options as flags", async () => {
  const said: string[] = [];
  const flags = { ...askCommand.flags, ...optionFlags(cards.filter(({ id }) => id === quadrantMeans.id)) };
  const { model, subject } = question;
  const picture = subject.kind === "picture" && "path" in subject.input ? subject.input.path : "";
  const words = ["quadrant-means", model, "--picture", picture, "--magnitude", "--out", path.join(folder, "out")];
  const client = {
    ask: (asked: Question) => ask({ ...asked, job: "terminal", detail: "exact" }),
    request: async ({ method }: { method: string }, params: ModelParams & InputParams) =>
      method === openModel.method ? (await engine.models.open(params.model)).card : prepareInput(engine, params),
  };
  const session: Session = {
    given: parseFlags(words, flags),
    engine: client as never,
    analyses: async () => cards,
    token: { isCancellationRequested: false } as never,
    say: (line) => said.push(line),
    sayText: (text) => said.push(text),
    remark: () => undefined,
  };
  assert.equal(await askCommand.run(session), 0);
  assert.match(said.join("\n"), /Quadrant means: chelsea\.png through efficientnet-lite0\.onnx\n\n +top left/);
  assert.deepEqual(fs.readdirSync(path.join(folder, "out")).sort(), [
    ".glassbox",
    "quadrant-means.csv",
    "quadrant-means.json",
    "quadrant-means.png",
  ]);
  const answer = await ask(question);
  assert.equal(fs.readFileSync(path.join(folder, "out", "quadrant-means.csv"), "utf8"), answerFile(answer, "csv"));
  assert.ok(answer.code.cli.startsWith("glassbox ask quadrant-means "));
});

test("it saves itself as an experiment, which runs to the same numbers and judges claims", async () => {
  const { code, data } = await ask(question);
  const file = path.join(folder, "fixture.glassbox.yaml");
  fs.writeFileSync(file, `${code.experiment!}claims:\n  - expect: quadrant-means.cell(0, top left)\n    above: 0\n`);
  const outcomes: TaskOutcome[] = [];
  const { claims, problems } = await runExperimentFile(
    engine,
    { job: "file", file, detail: "exact" },
    (event) => event.kind === "done" && outcomes.push(event.outcome as TaskOutcome),
    never,
  );
  assert.deepEqual(problems, []);
  assert.deepEqual(
    claims.map(({ status }) => status),
    ["holds"],
  );
  assert.deepEqual(outcomes[0]!.result!.data, data);
});
