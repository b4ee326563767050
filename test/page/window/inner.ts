/** Runs in the panel's document before its own script: what VS Code gives a webview. */
import type { FromPanel } from "./from-panel.ts";

interface Given {
  readonly acquireVsCodeApi: () => unknown;
  /** The state that the page saved before it was loaded again. */
  readonly glassboxState: unknown;
}

const given = globalThis as unknown as Given & { acquireVsCodeApi?: unknown };
let state = given.glassboxState;
const toHost = (message: FromPanel): void => parent.postMessage(message, "*");
let acquired = false;

Object.assign(given, {
  acquireVsCodeApi: () => {
    if (acquired) throw new Error("An instance of the VS Code API has already been acquired");
    acquired = true;
    return Object.freeze({
      postMessage: (message: unknown) => toHost({ kind: "message", message }),
      getState: () => state,
      setState: (now: unknown) => {
        state = now;
        toHost({ kind: "state", state: now });
        return now;
      },
    });
  },
});
