/** The compute thread: answers one surface's requests with the service, since a native run blocks its thread. */
import { parentPort, workerData } from "node:worker_threads";
import {
  createMessageConnection,
  PortMessageReader,
  PortMessageWriter,
  SharedArrayReceiverStrategy,
  type CancellationToken,
  type RequestType,
} from "vscode-jsonrpc/node";
import {
  exportBytes,
  listMethods,
  openModel,
  prepareInput,
  readPlace,
  rememberPreprocessing,
  runEvent,
  runMethod,
  showEvent,
  showMethod,
  type EngineSettings,
  type Failure,
} from "../protocol/engine.ts";
import { describeData, exportProbes, probeEvent, readPicture, runProbes } from "../protocol/probing.ts";
import { checkExperiment, experimentEvent, rebaseExperiment, runExperiment } from "../protocol/experiment.ts";
import { siteStatistics } from "../protocol/site-statistics.ts";
import { unitThumbnail } from "../protocol/unit-thumbnail.ts";
import { unitExample, unitFacts } from "../protocol/visualization.ts";
import { rebase } from "../experiment/rebase.ts";
import { checkExperimentFile, runExperimentFile } from "./experiments/run.ts";
import { Asker } from "./ask/asker.ts";
import { asResponseError } from "./failure.ts";
import { relativePath } from "./experiments/experiment-text.ts";
import { LanguageService } from "./language-model/language-service.ts";
import { serveLanguage } from "./language-model/requests.ts";
import { startRuntime } from "./runtimes.ts";
import { engineServices } from "./services.ts";
import { siteStatistics as statisticsOf } from "./sites/statistics.ts";
import { Service } from "./service.ts";
import { unitExample as exampleOf } from "./units/example.ts";
import { unitFacts as factsOf } from "./units/facts.ts";
import { unitThumbnail as thumbnailOf } from "./units/thumbnail.ts";

const port = parentPort!;
const settings = workerData as EngineSettings;
const runtime = startRuntime(settings);
runtime.catch(() => undefined);
const service = new Service(settings, runtime);
const engine = engineServices(settings, runtime);
const asker = new Asker(engine);
const services = { vision: service, language: new LanguageService(settings, runtime) };
const connection = createMessageConnection(new PortMessageReader(port), new PortMessageWriter(port), undefined, {
  // A flag in shared memory: it is seen in the middle of a computation, when no message can be read.
  cancellationStrategy: {
    receiver: new SharedArrayReceiverStrategy(),
    sender: { sendCancellation: async () => undefined, cleanup: () => undefined },
  },
});

function answer<P, R>(
  type: RequestType<P, R, Failure>,
  handle: (params: P, token: CancellationToken) => R | Promise<R>,
): void {
  connection.onRequest<unknown, Failure>(type.method, async (params: unknown, token: CancellationToken) => {
    try {
      return await handle(params as P, token);
    } catch (error) {
      return asResponseError(error);
    }
  });
}

connection.onRequest(listMethods, () => service.listMethods());
answer(openModel, (params) => service.openModel(params));
answer(prepareInput, (params) => service.prepareInput(params));
answer(rememberPreprocessing, (params) => service.rememberPreprocessing(params));
answer(runMethod, (params, token) =>
  service.runMethod(
    params,
    (event) => void connection.sendNotification(runEvent, event),
    () => token.isCancellationRequested,
  ),
);
answer(showMethod, (params, token) =>
  service.showMethod(
    params,
    (event) => void connection.sendNotification(showEvent, event),
    () => token.isCancellationRequested,
  ),
);
answer(exportBytes, (params) => service.exportBytes(params));
answer(readPlace, (params) => service.readPlace(params));
answer(describeData, (params) => service.probes.describe(params));
answer(readPicture, (params) => service.probes.picture(params));
answer(exportProbes, (params) => service.probes.export(params));
answer(runProbes, (params, token) =>
  service.probes.run(
    params,
    (event) => void connection.sendNotification(probeEvent, event),
    () => token.isCancellationRequested,
  ),
);
answer(siteStatistics, (params, token) => statisticsOf(engine, params, () => token.isCancellationRequested));
answer(unitThumbnail, (params, token) => thumbnailOf(engine, asker, params, () => token.isCancellationRequested));
answer(unitFacts, (params, token) => factsOf(engine, params, () => token.isCancellationRequested));
answer(unitExample, (params) => exampleOf(engine, params));
answer(checkExperiment, (params) => checkExperimentFile(services, params));
answer(runExperiment, (params, token) =>
  runExperimentFile(
    services,
    params,
    (event) => void connection.sendNotification(experimentEvent, event),
    () => token.isCancellationRequested,
  ),
);
answer(rebaseExperiment, ({ text, folder }) => rebase(text, (file) => relativePath(folder, file)));
serveLanguage(services.language, {
  answer: (type, handle) => answer(type, (params, token) => handle(params, () => token.isCancellationRequested)),
  notify: (type, params) => void connection.sendNotification(type.method, params),
});
connection.listen();
