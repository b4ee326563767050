/** The language server's second thread. It parses whole texts, so that the main thread stays responsive. */
import { parentPort, workerData } from "node:worker_threads";
import { formatted } from "./formatted.ts";
import type { ReadingAnswer, ReadingRequest, ReadingSettings } from "./messages.ts";
import { readText } from "./reading.ts";

const { cards } = workerData as ReadingSettings;

parentPort!.on("message", ({ id, kind, text }: ReadingRequest) => {
  const answer: ReadingAnswer =
    kind === "read" ? { id, kind, reading: readText(text, cards) } : { id, kind, formatted: formatted(text) };
  parentPort!.postMessage(answer);
});
