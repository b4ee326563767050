/** The compute thread. It answers one surface's requests on a separate thread, because native runs block. */
import { parentPort, workerData } from "node:worker_threads";
import {
  createMessageConnection,
  PortMessageReader,
  PortMessageWriter,
  SharedArrayReceiverStrategy,
  type CancellationToken,
  type NotificationType,
  type RequestType,
} from "vscode-jsonrpc/node";
import { answerFile, answerKind, formatsOf } from "../answers/table.ts";
import { rebase } from "../experiment/rebase.ts";
import { privateFolder } from "../files/private-folder.ts";
import { cardsOf } from "../methods/analysis-card.ts";
import { correctModel, openModel, prepareInput, rememberPreprocessing, type Failure } from "../protocol/engine.ts";
import { checkExperiment, experimentEvent, rebaseExperiment, runExperiment } from "../protocol/experiment.ts";
import { outlineModel, tokenize as tokenizeRequest } from "../protocol/language-model.ts";
import { describeData, readPicture } from "../protocol/probing.ts";
import { answerFormats, ask, askEvent, exportAnswer, listAnalyses, readAnswer } from "../protocol/question.ts";
import { siteStatistics } from "../protocol/site-statistics.ts";
import { traceModel } from "../protocol/trace.ts";
import { unitThumbnail } from "../protocol/unit-thumbnail.ts";
import { unitExample, unitFacts } from "../protocol/visualization.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { relativePath } from "./paths.ts";
import { dataCard } from "./data/describe.ts";
import { dataPicture } from "./data/picture.ts";
import { startEngine } from "./engine.ts";
import { checkExperimentFile, runExperimentFile } from "./experiments/run.ts";
import { asResponseError } from "./failure.ts";
import type { ComputeData } from "./compute-thread.ts";
import { prepareInput as prepared } from "./inputs.ts";
import { outlineLanguage } from "./models/outline.ts";
import { tokenize } from "./prompts/tokenize.ts";
import { Pulse, withPulse } from "./pulse.ts";
import { startRuntime } from "./runtimes.ts";
import { statisticsOfSites } from "./sites/statistics.ts";
import { trace } from "./trace.ts";
import { correctContract } from "./models/correct-contract.ts";
import { exampleOf } from "./units/example.ts";
import { factsOf } from "./units/facts.ts";
import { thumbnailOf } from "./units/thumbnail.ts";

const port = parentPort!;
const { settings: given, pulse: shared } = workerData as ComputeData;
const cache = privateFolder(given.cacheFolder);
const settings = { ...given, cacheFolder: cache.folder };
const pulse = new Pulse(shared);
pulse.start();
const runtime = startRuntime(settings).then((started) => {
  const noted = cache.note === undefined ? started : { ...started, notes: [cache.note, ...(started.notes ?? [])] };
  return withPulse(noted, pulse);
});
runtime.catch(() => undefined);
const engine = startEngine(settings, runtime);
const connection = createMessageConnection(new PortMessageReader(port), new PortMessageWriter(port), undefined, {
  // A flag in shared memory, which can be read during a computation, when no messages are processed.
  cancellationStrategy: {
    receiver: new SharedArrayReceiverStrategy(),
    sender: { sendCancellation: async () => undefined, cleanup: () => undefined },
  },
});

/** Work that reports progress is alive, even where it leaves the thread no turn. */
function notify<E>(type: NotificationType<E>, event: E): void {
  pulse.beat();
  void connection.sendNotification(type.method, event);
}

type Handle<P, R> = (params: P, cancelled: () => boolean) => R | Promise<R>;

function answer<P, R>(type: RequestType<P, R, Failure>, handle: Handle<P, R>): void {
  connection.onRequest<unknown, Failure>(type.method, async (params: unknown, token: CancellationToken) => {
    try {
      return await handle(params as P, () => token.isCancellationRequested);
    } catch (error) {
      return asResponseError(error);
    }
  });
}

connection.onRequest(listAnalyses, () => cardsOf(engine.analyses));
answer(ask, (question, cancelled) => engine.asker.ask(question, (event) => notify(askEvent, event), cancelled));
answer(readAnswer, ({ job, row, column }) => {
  const { data } = engine.asker.held(job);
  const reading = answerKind(data.kind).cell?.(data as never, row, column);
  if (reading === undefined) throw new GlassboxError("input", "this answer has no cells to read");
  return reading;
});
answer(answerFormats, ({ job }) => formatsOf(engine.asker.held(job).data.kind));
answer(exportAnswer, ({ job, format }) => {
  const contents = answerFile(engine.asker.held(job), format);
  return typeof contents === "string" ? new TextEncoder().encode(contents) : contents;
});

answer(openModel, async ({ model }) => (await engine.models.open(model)).card);
answer(outlineModel, outlineLanguage);
answer(prepareInput, (params) => prepared(engine, params));
answer(correctModel, (params) => {
  correctContract(params);
  return null;
});
answer(rememberPreprocessing, async ({ model, preprocessing }) => {
  engine.preprocessing.remember(await engine.models.network(model), preprocessing);
  return null;
});
answer(traceModel, (params) => trace(engine, params));
answer(tokenizeRequest, (params) => tokenize(engine, params));
answer(describeData, (params) => dataCard(engine, params));
answer(readPicture, (params) => dataPicture(engine, params));
answer(siteStatistics, (params, cancelled) => statisticsOfSites(engine, params, cancelled));
answer(unitFacts, (params, cancelled) => factsOf(engine, params, cancelled));
answer(unitExample, (params) => exampleOf(engine, params));
answer(unitThumbnail, (params, cancelled) => thumbnailOf(engine, params, cancelled));

answer(checkExperiment, (params, cancelled) => checkExperimentFile(engine, params, cancelled));
answer(runExperiment, (params, cancelled) =>
  runExperimentFile(engine, params, (event) => notify(experimentEvent, event), cancelled),
);
answer(rebaseExperiment, ({ text, folder }) => rebase(text, (file) => relativePath(folder, file)));
connection.listen();
