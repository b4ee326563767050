/**
 * What panels ask of the extension host. Everything else that a panel sends is the engine's, and the host passes it on.
 */
import { NotificationType, RequestType, RequestType0 } from "vscode-jsonrpc";
import type { AnalysisCard } from "./analysis-card.ts";
import type { Failure } from "./engine.ts";

/** The panels of a model; walkthroughs have one of their own. */
export type PanelName = "explain" | "probe" | "text" | "unit" | "ask";

/** What a panel begins with. */
export interface Greeting {
  /** The model's file or folder. */
  readonly model: string;
  readonly modelName: string;
  /** What to show, in the panel's own words: what it was opened for, or what it showed before a reload. */
  readonly intent: unknown;
  readonly analyses: readonly AnalysisCard[];
}

export const greet = new RequestType0<Greeting, Failure>("panel/greet");

export interface Shown {
  /** Names the tab, before the model's name; it stays as it is if unset. */
  readonly title: string | undefined;
  /** Remembered for the model: VS Code saves a webview's own state seconds later, and not while it has the focus. */
  readonly intent: unknown;
}

export const shown = new NotificationType<Shown>("panel/shown");

/** What a dialog asks for. A folder of data has a subfolder of pictures for each class. */
export type Pickable = "picture" | "pictures-folder" | "data-folder" | "data-file" | "model";

/** The chosen path; `null` if the dialog was closed. */
export const pick = new RequestType<{ readonly what: Pickable }, string | null, Failure>("panel/pick");

export interface SaveParams {
  readonly suggestedName: string;
  readonly bytes: Uint8Array;
}

/** Asks where to save; the path, or `null` if the dialog was closed. */
export const saveFile = new RequestType<SaveParams, string | null, Failure>("panel/saveFile");
/** Asks where to save the question as an experiment file, writes it with paths relative to there, and opens it next to the panel. */
export const saveAsExperiment = new RequestType<
  { readonly experiment: string; readonly suggestedName: string },
  string | null,
  Failure
>("panel/saveAsExperiment");
export const copyText = new RequestType<{ readonly text: string }, null, Failure>("panel/copyText");

/** Opens another panel of this model; the intent is in that panel's words. */
export const openPanel = new NotificationType<{ readonly panel: PanelName; readonly intent: object }>("panel/open");
export const showLog = new NotificationType<null>("panel/showLog");

/** A picture that a person may choose. */
export interface PictureChoice {
  readonly path: string;
  readonly label: string;
  /** Where it is, in words: the folder, "sample photograph", "last used". */
  readonly detail: string;
  /** For an <img> in this webview. */
  readonly thumbnail: string;
}

export const listPictures = new RequestType0<readonly PictureChoice[], Failure>("panel/listPictures");
/** Keeps a dropped file so that a reload finds it again; its path. */
export const keepPicture = new RequestType<{ readonly name: string; readonly bytes: Uint8Array }, string, Failure>(
  "panel/keepPicture",
);
/** The path of the picture that a URI names, dropped from one of VS Code's lists. */
export const namedPicture = new RequestType<{ readonly uri: string }, string, Failure>("panel/namedPicture");
