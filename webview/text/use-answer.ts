import { CancellationTokenSource, ResponseError, type RequestType } from "vscode-jsonrpc/browser";
import { useEffect, useState } from "preact/hooks";
import type { Failure } from "../../src/protocol/engine.ts";
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

interface Job<P, T, E> {
  /** Makes the request's parameters of the job's name. */
  readonly fold: (known: T | undefined, event: E, params: P) => T | undefined;
  readonly progressOf: (event: E) => Progress | undefined;
}

interface Shown<T> extends Omit<Answer<T>, "retry"> {
  readonly question: string | undefined;
}

const idle = { state: "idle", value: undefined, progress: undefined, failure: undefined, question: undefined } as const;

/** Unique over reloads: the engine may still hold jobs of the page before. */
const page = crypto.randomUUID();
let jobs = 0;

/**
 * Asks the engine whenever the question changes, and cancels what was asked before. `params` is undefined while nothing is to be
 * asked. With `job`, the request is named and what its events tell is shown on the way.
 */
export function useAnswer<P extends object, R, E = never>(
  host: Host,
  label: string,
  type: RequestType<P, R, Failure>,
  params: Omit<P, "job"> | undefined,
  job?: Job<Omit<P, "job">, R, E>,
): Answer<R> {
  const question = params && `${type.method} ${JSON.stringify(params)}`;
  const [shown, setShown] = useState<Shown<R>>(idle);
  const [turn, setTurn] = useState(0);

  useEffect(() => {
    if (params === undefined || question === undefined) return setShown(idle);
    const known = host.answers.get(question) as R | undefined;
    if (known !== undefined) return setShown({ ...idle, question, state: "done", value: known });
    let current = true;
    let value: R | undefined;
    const source = new CancellationTokenSource();
    const key = Symbol(label);
    const show = (part: Partial<Shown<R>>): void => {
      if (current) setShown((before) => ({ ...(before.question === question ? before : idle), question, ...part }));
    };
    let stopped = false;
    const cancel = (): void => {
      stopped = true;
      source.cancel();
    };
    const report = (share: number): void => host.activity.set(key, { label, share, cancel });
    const name = `${page}:${jobs++}`;
    if (job) {
      host.listeners.set(name, (event) => {
        const progress = job.progressOf(event as E);
        value = job.fold(value, event as E, params) ?? value;
        if (progress) report(progress.done / Math.max(1, progress.total));
        show({ value, progress });
      });
    }
    report(0);
    show({ state: "running", value: undefined, failure: undefined, progress: undefined });
    host.connection
      .sendRequest(type, (job ? { ...params, job: name } : params) as P, source.token)
      .then(
        (answer) => {
          if (!stopped) remember(host, question, answer);
          show({ state: stopped ? "cancelled" : "done", value: answer, progress: undefined });
        },
        (error: unknown) => show(stopped ? { state: "cancelled", value } : { state: "failed", failure: failureOf(error) }),
      )
      .finally(() => {
        host.listeners.delete(name);
        host.activity.set(key, undefined);
      });
    return () => {
      current = false;
      source.cancel();
    };
  }, [question, turn]);

  const now = shown.question === question ? shown : idle;
  return { state: now.state, value: now.value, progress: now.progress, failure: now.failure, retry: () => setTurn(turn + 1) };
}

export function failureOf(error: unknown): Failure {
  if (error instanceof ResponseError && error.data) return error.data as Failure;
  return { kind: "defect", what: error instanceof Error ? error.message : String(error), where: undefined, hint: undefined };
}
