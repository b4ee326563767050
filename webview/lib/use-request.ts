import { CancellationTokenSource, type MessageConnection, type RequestType } from "vscode-jsonrpc/browser";
import { useEffect, useState } from "preact/hooks";
import type { Failure } from "../../src/protocol/engine.ts";
import { activityOf } from "./activity.ts";
import { failureOf } from "./failure-of.ts";

/** What is known of a look-up: a model's card, a prompt's tokens, the facts of a unit. */
export interface LookUp<R> {
  readonly state: "waiting" | "running" | "done" | "cancelled" | "failed";
  readonly value: R | undefined;
  readonly failure: Failure | undefined;
  readonly retry: () => void;
}

type Shown<R> = Omit<LookUp<R>, "retry"> & { readonly key: string | undefined };

const nothing = { state: "waiting", value: undefined, failure: undefined, key: undefined } as const;

/** Asks the engine whenever the parameters change, and cancels what was asked before; without them nothing is asked. */
export function useRequest<P extends object, R>(
  connection: MessageConnection,
  label: string,
  type: RequestType<P, R, Failure>,
  params: P | undefined,
): LookUp<R> {
  const key = params && JSON.stringify(params);
  const [shown, setShown] = useState<Shown<R>>(nothing);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (params === undefined || key === undefined) return;
    const [activity, task] = [activityOf(connection), Symbol(label)];
    const source = new CancellationTokenSource();
    let current = true;
    const show = (change: Partial<Shown<R>>): void => {
      if (!current) return;
      if (change.state !== "running") activity.set(task, undefined);
      setShown({ ...nothing, key, ...change });
    };
    show({ state: "running" });
    activity.set(task, { label, share: 0, cancel: () => source.cancel() });
    connection.sendRequest<R>(type.method, params, source.token).then(
      (value) => show({ state: "done", value }),
      (error: unknown) =>
        show(
          source.token.isCancellationRequested
            ? { state: "cancelled" }
            : { state: "failed", failure: failureOf(error) },
        ),
    );
    return () => {
      current = false;
      source.cancel();
      activity.set(task, undefined);
    };
  }, [connection, type.method, key, turn]);
  const { state, value, failure } = shown.key === key ? shown : nothing;
  return { state, value, failure, retry: () => setTurn(turn + 1) };
}
