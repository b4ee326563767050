import { CancellationTokenSource, ResponseError, type RequestType } from "vscode-jsonrpc/browser";
import { useEffect, useState } from "preact/hooks";
import type { Failure } from "../../src/protocol/engine.ts";
import type { JobEvent, JobParams } from "../../src/protocol/language-model.ts";
import type { Progress } from "../../src/protocol/result.ts";
import { remember, type Host } from "./host.ts";

export interface Answer<T> {
  readonly state: "idle" | "running" | "done" | "cancelled" | "failed";
  /** Also what is known so far, while it runs. */
  readonly value: T | undefined;
  readonly progress: Progress | undefined;
  readonly failure: Failure | undefined;
  readonly retry: () => void;
}

/** What a job has told: its parts put together, and its answer once there is one. */
export interface Streamed<Parts, R> {
  readonly parts: Parts;
  readonly outcome: R | undefined;
}

interface Shown<T> extends Omit<Answer<T>, "retry"> {
  readonly question: string | undefined;
}

const idle = { state: "idle", value: undefined, progress: undefined, failure: undefined, question: undefined } as const;

/** Unique over reloads: the engine may still hold jobs of the page before. */
const page = crypto.randomUUID();
let jobs = 0;

/** Asks the engine whenever the question changes, and cancels what was asked before; without `params` nothing is asked. */
export function useAnswer<P extends object, R>(
  host: Host,
  label: string,
  type: RequestType<P, R, Failure>,
  params: P | undefined,
): Answer<R> {
  return useAsked(host, label, params && `${type.method} ${JSON.stringify(params)}`, async (_show, _report, source) =>
    host.connection.sendRequest<R>(type.method, params, source.token),
  );
}

/** The same for a request that streams: `fold` adds what an event brought to what was there. */
export function useJob<P extends JobParams, R, Part, Parts>(
  host: Host,
  label: string,
  type: RequestType<P, R, Failure>,
  params: Omit<P, "job"> | undefined,
  none: Parts,
  fold: (parts: Parts, part: Part) => Parts,
): Answer<Streamed<Parts, R>> {
  return useAsked<Streamed<Parts, R>>(
    host,
    label,
    params && `${type.method} ${JSON.stringify(params)}`,
    async (show, report, source) => {
      const job = `${page}:${jobs++}`;
      let parts = none;
      host.listeners.set(job, (event) => {
        const { progress, part } = event as JobEvent<Part>;
        parts = fold(parts, part);
        report(progress);
        show({ parts, outcome: undefined });
      });
      try {
        const outcome = await host.connection.sendRequest<R>(type.method, { ...params, job }, source.token);
        return { parts, outcome };
      } finally {
        host.listeners.delete(job);
      }
    },
  );
}

type Ask<T> = (
  show: (value: T) => void,
  report: (progress: Progress) => void,
  source: CancellationTokenSource,
) => Promise<T>;

function useAsked<T>(host: Host, label: string, question: string | undefined, ask: Ask<T>): Answer<T> {
  const [shown, setShown] = useState<Shown<T>>(idle);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (question === undefined) return setShown(idle);
    const known = host.answers.get(question) as T | undefined;
    if (known !== undefined) return setShown({ ...idle, question, state: "done", value: known });
    let current = true;
    let stopped = false;
    const source = new CancellationTokenSource();
    const key = Symbol(label);
    const show = (part: Partial<Shown<T>>): void => {
      if (current) setShown((before) => ({ ...(before.question === question ? before : idle), question, ...part }));
    };
    const cancel = (): void => {
      stopped = true;
      source.cancel();
    };
    const report = (progress: Progress): void => {
      host.activity.set(key, { label, share: progress.done / Math.max(1, progress.total), cancel });
      show({ progress });
    };
    show({ state: "running", value: undefined, failure: undefined });
    report({ done: 0, total: 1, note: "" });
    ask((value) => show({ value }), report, source)
      .then(
        (value) => {
          if (!stopped && current) remember(host, question, value);
          show({ state: stopped ? "cancelled" : "done", value, progress: undefined });
        },
        (error: unknown) =>
          show(
            stopped
              ? { state: "cancelled", progress: undefined }
              : { state: "failed", failure: failureOf(error), progress: undefined },
          ),
      )
      .finally(() => host.activity.set(key, undefined));
    return () => {
      current = false;
      source.cancel();
      host.activity.set(key, undefined);
    };
  }, [question, turn]);
  const now =
    shown.question === question
      ? shown
      : { ...idle, state: question === undefined ? ("idle" as const) : ("running" as const) };
  return {
    state: now.state,
    value: now.value,
    progress: now.progress,
    failure: now.failure,
    retry: () => setTurn(turn + 1),
  };
}

export function failureOf(error: unknown): Failure {
  if (error instanceof ResponseError && error.data) return error.data as Failure;
  return {
    kind: "defect",
    what: error instanceof Error ? error.message : String(error),
    where: undefined,
    hint: undefined,
  };
}
