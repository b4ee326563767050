import path from "node:path";
import { openModel, prepareInput } from "../../protocol/engine.ts";
import type { AnalysisCard } from "../../protocol/analysis-card.ts";
import type { AnswerData, DataOf } from "../../protocol/answer-data.ts";
import type { ModelCard, NetworkCard } from "../../protocol/model.ts";
import type { Answer } from "../../protocol/question.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import type { Command, Session } from "../command.ts";
import { jsonDocument } from "../explain/document.ts";
import { drawn } from "../explain/drawn.ts";
import { targetWords, type Findings, type MapFinding } from "../explain/finding.ts";
import { canvasFor, drawPhotograph } from "../explain/pictures.ts";
import { preprocessingWarning } from "../explain/preprocessing-words.ts";
import { readPreprocessing } from "../explain/read-preprocessing.ts";
import { answerKind } from "../../answers/table.ts";
import { mapLines } from "../explain/summary.ts";
import { defaultFolder, writeFiles } from "../explain/write-files.ts";
import { exitCodes, explainFailure } from "../exit-code.ts";
import { engineFlags, type Arguments } from "../flags.ts";
import { namedAnalyses, optionsFor } from "../option-flags.ts";
import { ProgressLine } from "../progress-line.ts";

const classesListed = 5;

/** The methods that were named, or those that are asked by default. */
function chosenMethods(cards: readonly AnalysisCard[], given: Arguments): readonly AnalysisCard[] {
  const named = given.list("method");
  return named.length ? namedAnalyses(cards, named) : cards.filter(({ byDefault }) => byDefault);
}

/** The main job: what the model sees in a picture, and what that rests on. */
export const explain: Command = {
  name: "explain",
  summary:
    "Say what a model sees in an image and show which pixels that rests on, as pictures and as a report to keep or send.",
  usage: "<model> <image or tensor.npy> [flags]",
  positionals: ["model", "image"],
  flags: {
    method: {
      kind: "text",
      value: "<name>",
      description:
        "An attribution method; repeat it, or separate several by commas. Default: those that `glassbox explain --help` lists.",
    },
    target: {
      kind: "text",
      value: "<class>",
      description:
        "A class's number or name, or an expression such as 'logit:281 - logit:285'. Default: the best class.",
    },
    out: {
      kind: "text",
      value: "<folder>",
      description: "Where the files go. Default: glassbox-report/<image>-<model>.",
    },
    json: { kind: "switch", description: "Print one JSON document instead of words." },
    npy: { kind: "switch", description: "Write each map as it is, as .npy: [channel, row, column]." },
    preprocessing: {
      kind: "text",
      value: "<name|file>",
      description:
        "How the image becomes the input: a convention (imagenet, inception, caffe, unit, byte …) or a JSON file. Default: as the file next to the model says, else detected.",
    },
    ...engineFlags,
  },
  analyses: chosenMethods,
  async run(session) {
    const { given, analyses, say, sayText, remark } = session;
    const cards = await analyses();
    const chosen = chosenMethods(cards, given);
    const json = given.on("json") === true;
    const findings = await find(
      session,
      chosen.filter(({ gives }) => gives === "heatmap"),
      cards.find(({ gives }) => gives === "model-output")!,
      json ? () => undefined : say,
    );
    const [model, image] = given.positionals as [string, string];
    const out = given.text("out");
    const files = writeFiles(findings, {
      folder: out ?? defaultFolder(image, model),
      within: out ?? ".",
      npy: given.on("npy") === true,
    });
    if (json) sayText(jsonDocument(findings, files));
    else for (const line of ["", "Written:", ...Object.values(files).map((file) => `  ${file}`)]) say(line);
    if (findings.cancelled) remark("Stopped; what was known is kept.");
    return findings.cancelled ? exitCodes.cancelled : findings.failed.length ? exitCodes.refused : exitCodes.done;
  },
};

async function find(
  { given, engine, token, remark }: Session,
  methods: readonly AnalysisCard[],
  predicting: AnalysisCard,
  say: (line: string) => void,
): Promise<Findings> {
  const [model, image] = given.positionals.map((file) => path.resolve(file)) as [string, string];
  const progress = new ProgressLine(process.stderr);
  try {
    progress.wait("Opening the model …");
    const card = networkOf(await engine.request(openModel, { model }, token));
    const word = given.text("preprocessing");
    const preprocessing = word === undefined ? undefined : readPreprocessing(word, card);
    progress.wait("Reading the image …");
    const input = await engine.request(prepareInput, { model, input: { path: image }, preprocessing }, token);
    const warning = preprocessingWarning(input);
    const question = { model, subject: { kind: "picture", input: { path: image } } as const, preprocessing };
    const prediction = expect(
      await engine.ask(
        {
          ...question,
          analysis: predicting.id,
          options: { top: Math.min(classesListed, card.classes?.count ?? classesListed) },
        },
        undefined,
        token,
      ),
      "model-output",
    );
    progress.clear();
    say(`${input.name} through ${card.name}`);
    say("");
    for (const line of answerKind("model-output").lines(prediction.data as never)) say(line);
    for (const note of [...card.notes, ...input.notes]) remark(`Note: ${note}`);
    if (warning) remark(`Warning: ${warning}`);

    const maps: MapFinding[] = [];
    const failed: { method: AnalysisCard; reason: string }[] = [];
    const titleWidth = Math.max(0, ...methods.map(({ title }) => title.length));
    const target = given.text("target");
    const ask = (method: AnalysisCard | undefined): Promise<Answer<AnswerData> | undefined> | undefined => {
      if (method === undefined || token.isCancellationRequested) return undefined;
      const params = {
        ...question,
        analysis: method.id,
        options: optionsFor(method, given),
        ...(target !== undefined && { target }),
      };
      const answer = engine
        .ask(params, (event) => progress.update(method.title, event.progress), token)
        .catch((error: unknown) => {
          const { sentence, exitCode } = explainFailure(error);
          // If one method fails, the others may still succeed: a network without a spatial grid has no class activation
          // map.
          if (exitCode !== exitCodes.refused) throw error;
          failed.push({ method, reason: sentence });
          if (failed.length === methods.length) throw error;
          return undefined;
        });
      answer.catch(() => undefined);
      return answer;
    };
    // The next method runs while this one's map is drawn.
    let pending = ask(methods[0]);
    for (const [i, method] of methods.entries()) {
      if (pending === undefined) break;
      progress.wait(`${method.title} …`);
      const answer = await pending;
      pending = ask(methods[i + 1]);
      progress.clear();
      if (answer === undefined) continue;
      const found = drawn(method, expect(answer, "heatmap"), input);
      maps.push({ ...found, cancelled: answer.cancelled, cached: answer.cached });
      if (maps.length === 1)
        for (const line of ["", `What ${targetWords(answer.provenance.target, card)} rests on:`]) say(line);
      for (const line of mapLines(maps.at(-1)!, titleWidth)) say(line);
    }
    for (const { method, reason } of failed) remark(`glassbox: ${method.title}: ${reason}`);
    const view = input.view;
    return {
      model: card,
      input,
      prediction,
      maps,
      photograph: view && drawPhotograph(canvasFor(input, [view.height, view.width])),
      failed,
      warnings: warning ? [warning] : [],
      cancelled: token.isCancellationRequested,
    };
  } finally {
    progress.clear();
  }
}

/** The engine's answer, checked to be of the analysis' kind. */
function expect<K extends AnswerData["kind"]>(answer: Answer<AnswerData>, kind: K): Answer<DataOf<K>> {
  if (answer.data.kind === kind) return answer as Answer<DataOf<K>>;
  throw new GlassboxError("unsupported", `this analysis gives ${answer.data.kind}, which cannot be drawn here`);
}

function networkOf(card: ModelCard): NetworkCard {
  if (card.kind === "network") return card;
  throw new GlassboxError("unsupported", `${card.name} is a language model, which takes text and no pictures`, {
    hint: "Ask it with: glassbox generate, attention, lens or patch.",
  });
}
