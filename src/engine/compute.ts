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
import { outlineModel, tokenize } from "../protocol/language-model.ts";
import { siteStatistics } from "../protocol/site-statistics.ts";
import { unitPortrait } from "../protocol/unit-thumbnail.ts";
import { unitExample, unitFacts, visualize, visualizeEvent } from "../protocol/visualization.ts";
import { rebase } from "../experiment/rebase.ts";
import { checkExperimentFile, runExperimentFile } from "./experiments/run.ts";
import { asResponseError } from "./failure.ts";
import { relativePath } from "./experiments/experiment-text.ts";
import { outlineLanguage } from "./models/outline.ts";
import { tokenize as tokenizePrompt } from "./prompts/tokenize.ts";
import { unitPortrait as portraitOf } from "./visualization/unit-portrait.ts";
import { startRuntime } from "./runtimes.ts";
import { Service } from "./service.ts";
import { engineServices } from "./services.ts";

const port = parentPort!;
const settings = workerData as EngineSettings;
const runtime = startRuntime(settings);
runtime.catch(() => undefined);
const service = new Service(settings, runtime);
const engine = engineServices(settings, runtime);
const services = { vision: service };
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
answer(siteStatistics, (params, token) => service.sites.statistics(params, () => token.isCancellationRequested));
answer(unitPortrait, (params, token) =>
  portraitOf(service.visualizations, service.units, params, () => token.isCancellationRequested),
);
answer(visualize, (params, token) =>
  service.visualizations.run(
    params,
    (event) => void connection.sendNotification(visualizeEvent, event),
    () => token.isCancellationRequested,
  ),
);
answer(unitFacts, (params, token) => service.units.facts(params, () => token.isCancellationRequested));
answer(unitExample, (params) => service.units.example(params));
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
answer(outlineModel, outlineLanguage);
answer(tokenize, (params) => tokenizePrompt(engine, params));
connection.listen();
