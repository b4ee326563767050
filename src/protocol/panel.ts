/** What panels of every kind ask of their host, besides what is their own and the engine's. */
import { RequestType } from "vscode-jsonrpc";
import type { Failure } from "./engine.ts";

export interface SaveParams {
  readonly suggestedName: string;
  readonly bytes: Uint8Array;
}

/** Asks where to save; the path, or `null` if the dialog was closed. */
export const saveFile = new RequestType<SaveParams, string | null, Failure>("panel/saveFile");
/** Asks where to save the question as an experiment file, writes it with paths relative to there, and opens it beside. */
export const saveAsExperiment = new RequestType<
  { readonly experiment: string; readonly suggestedName: string },
  string | null,
  Failure
>("panel/saveAsExperiment");
export const copyText = new RequestType<{ readonly text: string }, null, Failure>("panel/copyText");
