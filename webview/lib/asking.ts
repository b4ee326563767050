import { CancellationTokenSource, type MessageConnection } from "vscode-jsonrpc";
import type { AnswerData, Part, ShownData } from "../../src/protocol/answer-data.ts";
import type { Failure } from "../../src/protocol/engine.ts";
import { ask, askEvent, type AskEvent, type Question } from "../../src/protocol/question.ts";
import type { Progress, Result } from "../../src/protocol/result.ts";
import { failureOf } from "./failure-of.ts";
import { NewestWhenIdle } from "./newest-when-idle.ts";

/** What a panel asks; the job is chosen here. */
export type PanelQuestion = Omit<Question, "job" | "detail">;

/** What is known of one question, from asked to answered. */
export interface Asked {
  readonly state: "waiting" | "running" | "done" | "cancelled" | "failed";
  /** Names the answer in the engine, to be read and exported; empty while it waits. */
  readonly job: string;
  readonly progress: Progress | undefined;
  /** The answer, or what is known of it so far. */
  readonly result: Result<AnswerData | ShownData> | undefined;
  /** What came before the end, in order, where the answer grows by parts. */
  readonly parts: readonly Part[];
  readonly failure: Failure | undefined;
}

export const notAsked: Asked = {
  state: "waiting",
  job: "",
  progress: undefined,
  result: undefined,
  parts: [],
  failure: undefined,
};

/** Unique over reloads: the engine may still hold answers of the page before. */
const page = crypto.randomUUID();
let jobs = 0;

type Hear = (event: AskEvent) => void;
const listeners = new WeakMap<MessageConnection, Map<string, Hear>>();

/** Who hears of which job: a connection has one handler for a kind of event. */
function listenersOf(connection: MessageConnection): Map<string, Hear> {
  const known = listeners.get(connection);
  if (known) return known;
  const byJob = new Map<string, Hear>();
  listeners.set(connection, byJob);
  connection.onNotification(askEvent, (event) => byJob.get(event.job)?.(event));
  return byJob;
}

/** A question on its way. */
export interface Asking {
  /** Never rejects: a failure is a state. */
  readonly settled: Promise<Asked>;
  /** Stops it; what is known stays. */
  readonly cancel: () => void;
}

/** Hears all that is known of a question, and the part that has just come. */
export type ListenAsked = (asked: Asked, part?: Part) => void;

/**
 * Asks one question and tells `listen` all that is known of it, from now until it settles. Where `parts` are many and
 * large, e.g. the frames of a picture, a caller has them dropped and keeps what it needs.
 */
export function startAsking(
  connection: MessageConnection,
  question: PanelQuestion,
  listen: ListenAsked,
  parts: "kept" | "dropped" = "kept",
): Asking {
  const job = `${page}:${jobs++}`;
  const source = new CancellationTokenSource();
  const byJob = listenersOf(connection);
  let asked: Asked = { ...notAsked, job, state: "running" };
  const progressed = new NewestWhenIdle<Asked>(listen);
  const tell = (change: Partial<Asked>, part?: Part): Asked => {
    progressed.drop();
    asked = { ...asked, ...change };
    listen(asked, part);
    return asked;
  };
  byJob.set(job, ({ progress, result, part }) => {
    const change = { progress, ...(result && { result }) };
    if (part === undefined) return progressed.put((asked = { ...asked, ...change }));
    // Each part is heard, because it comes once.
    tell({ ...change, ...(parts === "kept" && { parts: [...asked.parts, part] }) }, part);
  });
  tell({});
  const settled = connection
    .sendRequest(ask, { ...question, job, detail: "display" }, source.token)
    .then(
      ({ cancelled, cached: _, ...result }) =>
        tell({ state: cancelled ? "cancelled" : "done", result, progress: undefined }),
      (error: unknown) =>
        source.token.isCancellationRequested
          ? tell({ state: "cancelled", progress: undefined })
          : tell({ state: "failed", failure: failureOf(error), progress: undefined }),
    )
    .finally(() => byJob.delete(job));
  return { settled, cancel: () => source.cancel() };
}
