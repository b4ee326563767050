import path from "node:path";
import { resultJson } from "../../answers/json.ts";
import { answerKind } from "../../answers/table.ts";
import type { AnalysisCard } from "../../protocol/analysis-card.ts";
import type { AnswerData } from "../../protocol/answer-data.ts";
import { openModel, prepareInput, type PreparedInput } from "../../protocol/engine.ts";
import type { ModelCard } from "../../protocol/model.ts";
import type { Answer, AskEvent, Subject } from "../../protocol/question.ts";
import { checkWords } from "../check-line.ts";
import type { Session } from "../command.ts";
import { exitCodes, type ExitCode } from "../exit-code.ts";
import { readPreprocessing } from "../explain/read-preprocessing.ts";
import type { FlagTable } from "../flags.ts";
import { engineFlags } from "../flags.ts";
import { optionsFor } from "../option-flags.ts";
import { ProgressLine } from "../progress-line.ts";
import { Store } from "../experiment/store.ts";
import { writeAnswer } from "../experiment/task-file.ts";
import { subjectFlags } from "./subject-flags.ts";

/** Flags of every command that asks one analysis; its options are flags as well. */
export const askFlags = (takes: AnalysisCard["takes"]): FlagTable => ({
  ...subjectFlags[takes],
  ...(takes === "prompt" && {
    weights: {
      kind: "text",
      value: "<name>",
      description:
        "How weights are kept: auto (default: float32 where it fits into the memory), float32, or float16, in half the memory.",
    },
  }),
  ...(takes === "picture" && {
    target: {
      kind: "text",
      value: "<class>",
      description:
        "A class's number or name, or an expression such as 'logit:281 - logit:285'. Default: the best class.",
    },
  }),
  ...(takes !== "prompt" && {
    preprocessing: {
      kind: "text",
      value: "<name|file>",
      description:
        "How pictures become the input: a convention (imagenet, inception, caffe, unit, byte …) or a JSON file. Default: as the file next to the model says, else detected.",
    },
  }),
  out: { kind: "text", value: "<folder>", description: "Where the files go: JSON, tables and pictures." },
  json: { kind: "switch", description: "Print one JSON document instead of words." },
  ...engineFlags,
});

export interface AskSettings {
  readonly subject: Subject;
  /** Where files go if `--out` is not given; none are written without either. */
  readonly folder?: ((data: AnswerData) => string) | undefined;
  /** What is printed, where it is not simply the lines of the answer's kind. */
  readonly lines?: (data: AnswerData) => readonly string[] | undefined;
  /** Called with each part as it arrives; no progress is drawn meanwhile. */
  readonly live?: ((event: AskEvent) => void) | undefined;
}

/** Asks one analysis, prints its answer and its checks, and writes its files: the same bytes as an experiment. */
export async function askAnalysis(session: Session, card: AnalysisCard, settings: AskSettings): Promise<ExitCode> {
  const { given, engine, token, sayText, remark } = session;
  const model = path.resolve(given.positionals[0]!);
  const progress = new ProgressLine(process.stderr);
  try {
    if (!settings.live) progress.wait("Opening the model …");
    const opened = await engine.request(openModel, { model }, token);
    const preprocessing = preprocessingOf(session, opened);
    const question = {
      model,
      analysis: card.id,
      subject: settings.subject,
      target: given.text("target"),
      options: optionsFor(card, given),
      preprocessing,
    };
    const input = await inputOf(session, question);
    let reached = "";
    const listen = (event: AskEvent): void => {
      reached = event.progress.note;
      if (settings.live) settings.live(event);
      else progress.update(card.title, event.progress);
    };
    const answer = await engine.ask(question, listen, token);
    progress.clear();
    const out = given.text("out");
    const folder = out ?? settings.folder?.(answer.data);
    const files = folder === undefined ? [] : write(folder, out ?? ".", card, opened, input, answer);
    if (given.on("json")) sayText(resultJson({ ...answer, files }).trimEnd());
    else print(session, card, answer, settings, files);
    for (const { status, sentence } of answer.certificate)
      if (!given.on("json") && (status === "warn" || status === "fail"))
        remark(`${status === "fail" ? "Warning" : "Caution"}: ${sentence}`);
    if (answer.cancelled)
      remark(
        `Stopped early${reached && `, at ${reached}`}.${card.resumes ? " The next run continues from there." : ""}`,
      );
    return answer.cancelled ? exitCodes.cancelled : exitCodes.done;
  } finally {
    progress.clear();
  }
}

function preprocessingOf({ given }: Session, model: ModelCard) {
  const word = given.text("preprocessing");
  if (word === undefined) return undefined;
  return readPreprocessing(word, model.kind === "network" ? model : { name: model.name, picture: undefined });
}

/** The picture as the model saw it, on which maps are drawn. */
async function inputOf(
  { engine, token }: Session,
  { model, subject, preprocessing }: { model: string; subject: Subject; preprocessing: PreparedInput["preprocessing"] },
): Promise<Pick<PreparedInput, "view">> {
  if (subject.kind !== "picture") return { view: undefined };
  return engine.request(prepareInput, { model, input: subject.input, preprocessing }, token);
}

function print(
  { say, sayText, remark }: Session,
  { title }: AnalysisCard,
  { data, certificate, provenance, code }: Answer<AnswerData>,
  { lines }: AskSettings,
  files: readonly string[],
): void {
  const kind = answerKind(data.kind);
  const about = kind.piped ? remark : say;
  const { subject, model, target } = provenance;
  if (!kind.piped) for (const line of [`${title}: ${subject.name} through ${model.file}`, ""]) say(line);
  if (target !== undefined) say(`Explains ${target}.`);
  for (const line of lines?.(data) ?? kind.lines(data as never)) (kind.piped ? sayText : say)(line);
  for (const line of kind.remarks?.(data as never) ?? []) about(line);
  if (certificate.length && !kind.piped) say("");
  for (const check of certificate) about(checkWords(check));
  if (files.length) for (const line of ["", "Written:", ...files.map((file) => `  ${file}`)]) about(line);
  else remark(`To write files: ${code.cli} --out <folder>`);
}

/** The answer's JSON and the files next to it, named after the analysis. */
function write(
  folder: string,
  within: string,
  method: AnalysisCard,
  model: ModelCard,
  input: Pick<PreparedInput, "view">,
  { cached: _cached, cancelled: _cancelled, ...result }: Answer<AnswerData>,
): readonly string[] {
  const store = new Store(folder, within);
  const written: string[] = [];
  store.onWrite = (name) => written.push(path.join(folder, name));
  const task = { analysis: method.id, method: method.id };
  const kept = writeAnswer(store, method.id, { task, result: result as never, method, model, input });
  store.writeJson(`${method.id}.json`, { task, result: kept });
  return written;
}
