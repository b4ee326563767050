import { useEffect, useState } from "preact/hooks";
import type { MessageConnection } from "vscode-jsonrpc/browser";
import type { AnalysisCard } from "../../src/protocol/analysis-card.ts";
import type { Failure } from "../../src/protocol/engine.ts";
import { initializePanel, shown, type PanelInit } from "../../src/protocol/panel.ts";
import { vscode } from "./connection.ts";
import { failureOf } from "./failure-of.ts";
import { newerState, type PanelState } from "./panel-state.ts";

/** How a kind of panel begins. */
export interface Beginning<S extends PanelState> {
  readonly initial: (model: string, analyses: readonly AnalysisCard[]) => S;
  /** A state that was saved or asked for, with what is missing filled in; nothing if another version wrote it. */
  readonly restored: (saved: unknown, analyses: readonly AnalysisCard[]) => S | undefined;
}

/** `undefined` state: the host has not answered yet, or failed. */
export interface Panel<S extends PanelState> {
  readonly greeting: PanelInit | undefined;
  readonly state: S | undefined;
  readonly change: (part: Partial<S>) => void;
  readonly failure: Failure | undefined;
  /** Asks the host again. */
  readonly retry: () => void;
}

/** Meets the host, finds what the panel showed before a reload or was opened for, and saves every change of it. */
export function usePanel<S extends PanelState>(
  connection: MessageConnection,
  { initial, restored }: Beginning<S>,
): Panel<S> {
  const [greeting, setGreeting] = useState<PanelInit>();
  const [state, setState] = useState<S>();
  const [failure, setFailure] = useState<Failure>();
  const meet = (): void => {
    setFailure(undefined);
    connection.sendRequest(initializePanel).then(
      (hello) => {
        const { model, intent, analyses } = hello;
        const own = restored(vscode.getState(), analyses);
        setState((now) => now ?? newerState(own, restored(intent, analyses)) ?? initial(model, analyses));
        setGreeting(hello);
      },
      (error: unknown) => setFailure(failureOf(error)),
    );
  };
  useEffect(meet, []);
  useEffect(() => void (state && vscode.setState(state)), [state]);
  const change = (part: Partial<S>): void => setState((now) => now && { ...now, ...part });
  return { greeting, state: greeting && state, change, failure, retry: meet };
}

/** A zoom or a slider changes many times a second; the last of it is told. */
const settlingMs = 200;

/** Names the tab and has the host remember what is shown. Without a title the tab keeps its name. */
export function useShown<S extends PanelState>(
  connection: MessageConnection,
  state: S | undefined,
  title?: string,
): void {
  useEffect(() => {
    if (state === undefined) return;
    const tell = (): void => void connection.sendNotification(shown, { title, intent: state });
    const settled = setTimeout(tell, settlingMs);
    return () => clearTimeout(settled);
  }, [JSON.stringify(state), title]);
}
