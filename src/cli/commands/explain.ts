import path from "node:path";
import { openModel, prepareInput, type RunOutcome } from "../../protocol/engine.ts";
import type { AnalysisCard } from "../../protocol/analysis-card.ts";
import type { Heatmap, Prediction, Result, ResultData } from "../../protocol/result.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import type { Command, Session } from "../command.ts";
import { jsonDocument } from "../explain/document.ts";
import { drawn } from "../explain/drawn.ts";
import { targetWords, type Findings, type MapFinding } from "../explain/finding.ts";
import { canvasFor, drawPhotograph } from "../explain/pictures.ts";
import { preprocessingWarning } from "../explain/preprocessing-words.ts";
import { readPreprocessing } from "../explain/read-preprocessing.ts";
import { mapLines, predictionLines } from "../explain/summary.ts";
import { usualFolder, writeFiles } from "../explain/write-files.ts";
import { exitCodes, explainFailure } from "../exit-code.ts";
import { engineFlags, type Arguments } from "../flags.ts";
import { chosenMethods, optionsFor, refuseStrayOptions } from "../option-flags.ts";
import { ProgressLine } from "../progress-line.ts";

const usualMethods = ["smoothgrad", "integrated-gradients", "grad-cam"] as const;
const classesListed = 5;

const methodNames = (given: Arguments): readonly string[] => {
  const named = given.list("method");
  return named.length ? named : usualMethods;
};

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
      description: `A method; repeat it, or separate several by commas. Default: ${usualMethods.join(", ")}.`,
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
        "How the image becomes the input: a convention (imagenet, inception, caffe, unit, byte …) or a JSON file. Default: as the file beside the model says, else detected.",
    },
    ...engineFlags,
  },
  methodFlags: methodNames,
  async run(session) {
    const { given, methods, say, remark } = session;
    const cards = await methods();
    const chosen = chosenMethods(cards, methodNames(given));
    refuseStrayOptions(cards, chosen, given);
    const json = given.on("json") === true;
    const findings = await find(
      session,
      chosen.filter(({ id }) => id !== "prediction"),
      json ? () => undefined : say,
    );
    const [model, image] = given.positionals as [string, string];
    const files = writeFiles(findings, {
      folder: given.text("out") ?? usualFolder(image, model),
      npy: given.on("npy") === true,
    });
    if (json) say(jsonDocument(findings, files));
    else for (const line of ["", "Written:", ...Object.values(files).map((file) => `  ${file}`)]) say(line);
    if (findings.cancelled) remark("Stopped; what was known is kept.");
    return findings.cancelled ? exitCodes.cancelled : findings.failed.length ? exitCodes.refused : exitCodes.done;
  },
};

async function find(
  { given, engine, token, remark }: Session,
  methods: readonly AnalysisCard[],
  say: (line: string) => void,
): Promise<Findings> {
  const [model, image] = given.positionals.map((file) => path.resolve(file)) as [string, string];
  const progress = new ProgressLine(process.stderr);
  try {
    progress.wait("Opening the model …");
    const card = await engine.request(openModel, { model }, token);
    const word = given.text("preprocessing");
    const preprocessing = word === undefined ? undefined : readPreprocessing(word, card);
    const question = { model, input: { path: image }, preprocessing };
    progress.wait("Reading the image …");
    const input = await engine.request(prepareInput, question, token);
    const warning = preprocessingWarning(input);
    const { result } = await engine.run(
      {
        ...question,
        method: "prediction",
        options: { top: Math.min(classesListed, card.classes?.count ?? classesListed) },
      },
      undefined,
      token,
    );
    const prediction = expect<Prediction>(result, "prediction");
    progress.clear();
    say(`${input.name} through ${card.name}`);
    say("");
    for (const line of predictionLines(prediction.data.top)) say(line);
    for (const note of [...card.notes, ...input.notes]) remark(`Note: ${note}`);
    if (warning) remark(`Warning: ${warning}`);

    const maps: MapFinding[] = [];
    const failed: { method: AnalysisCard; reason: string }[] = [];
    const titleWidth = Math.max(0, ...methods.map(({ title }) => title.length));
    const target = given.text("target");
    const ask = (method: AnalysisCard | undefined): Promise<RunOutcome | undefined> | undefined => {
      if (method === undefined || token.isCancellationRequested) return undefined;
      const params = {
        ...question,
        method: method.id,
        options: optionsFor(method, given),
        ...(target !== undefined && { target }),
      };
      const answer = engine
        .run(params, (event) => progress.update(method.title, event.progress), token)
        .catch((error: unknown) => {
          const { sentence, exitCode } = explainFailure(error);
          // Where one method cannot answer, the others still may; a network without a grid has no class activation map.
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
      const outcome = await pending;
      pending = ask(methods[i + 1]);
      progress.clear();
      if (outcome === undefined) continue;
      const found = drawn(method, expect<Heatmap>(outcome.result, "heatmap"), input);
      maps.push({ ...found, cancelled: outcome.cancelled, cached: outcome.cached });
      if (maps.length === 1)
        for (const line of ["", `What ${targetWords(outcome.result.provenance.target, card)} rests on:`]) say(line);
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

/** The engine's answer as the kind that the method promises. */
function expect<Data extends ResultData>(result: Result, kind: Data["kind"]): Result<Data> {
  if (result.data.kind !== kind)
    throw new GlassboxError("unsupported", `this method gives a ${result.data.kind}, which cannot be drawn here`);
  return result as Result<Data>;
}
