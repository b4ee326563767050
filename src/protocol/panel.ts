/**
 * Requests from panels to the extension host. The host forwards all other requests to the engine.
 */
import { NotificationType, RequestType, RequestType0 } from "vscode-jsonrpc";
import type { AnalysisCard } from "./analysis-card.ts";
import type { Failure } from "./engine.ts";

/** The panels of a model. The walkthrough panel is separate. */
export type PanelName = "inspect" | "explain" | "probe" | "text" | "unit" | "ask";

/** The initial state of a panel. */
export interface PanelInit {
  /** The model's file or folder. */
  readonly model: string;
  readonly modelName: string;
  /** What to show, in the panel's own format: what it was opened for, or what it showed before a reload. */
  readonly intent: unknown;
  readonly analyses: readonly AnalysisCard[];
}

export const initializePanel = new RequestType0<PanelInit, Failure>("panel/greet");

export interface Shown {
  /** The tab's title, before the model's name; unchanged if unset. */
  readonly title: string | undefined;
  /**
   * Remembered for the model, because VS Code saves a webview's state seconds later, and not while it has the focus.
   */
  readonly intent: unknown;
}

export const shown = new NotificationType<Shown>("panel/shown");

/** What a dialog lets a person pick. A data folder has a subfolder of pictures for each class. */
export type Pickable = "picture" | "pictures-folder" | "data-folder" | "data-file" | "model";

/** The chosen path; `null` if the dialog was closed. */
export const pick = new RequestType<{ readonly what: Pickable }, string | null, Failure>("panel/pick");

export interface SaveParams {
  readonly suggestedName: string;
  readonly bytes: Uint8Array;
}

/** Asks where to save; the path, or `null` if the dialog was closed. */
export const saveFile = new RequestType<SaveParams, string | null, Failure>("panel/saveFile");
/**
 * Asks where to save the question as an experiment file, writes it with paths relative to that folder, and opens it
 * next to the panel.
 */
export const saveAsExperiment = new RequestType<
  { readonly experiment: string; readonly suggestedName: string },
  string | null,
  Failure
>("panel/saveAsExperiment");
export const copyText = new RequestType<{ readonly text: string }, null, Failure>("panel/copyText");

/** Opens another panel of this model. The intent is in that panel's format. */
export const openPanel = new NotificationType<{ readonly panel: PanelName; readonly intent: object }>("panel/open");
export const showLog = new NotificationType<null>("panel/showLog");

/** A picture that a person can choose. */
export interface PictureChoice {
  readonly path: string;
  readonly label: string;
  /** A description of its location: the folder, "sample photograph" or "last used". */
  readonly detail: string;
  /** The source of an <img> in this webview. */
  readonly thumbnail: string;
}

export const listPictures = new RequestType0<readonly PictureChoice[], Failure>("panel/listPictures");
/** Stores a dropped file, so that it is found after a reload. Returns its path. */
export const keepPicture = new RequestType<{ readonly name: string; readonly bytes: Uint8Array }, string, Failure>(
  "panel/keepPicture",
);
/** The path of a picture that was dropped from a VS Code list as a URI. */
export const namedPicture = new RequestType<{ readonly uri: string }, string, Failure>("panel/namedPicture");
