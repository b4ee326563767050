/**
 * What the explain panel asks of its host, besides the engine's own requests, which the host passes on.
 */
import { NotificationType, RequestType, RequestType0 } from "vscode-jsonrpc";
import type { ExportParams, Failure } from "./engine.ts";
import type { AnalysisCard } from "./analysis-card.ts";

/** A picture that a person may choose. */
export interface PictureChoice {
  readonly path: string;
  readonly label: string;
  /** Where it is, in words: the folder, "sample photograph", "last used". */
  readonly detail: string;
  /** For an <img> in this webview. */
  readonly thumbnail: string;
}

export interface ExplainGreeting {
  readonly model: string;
  readonly modelName: string;
  /** The picture to begin with, if one is known. */
  readonly picture: string | undefined;
  readonly methods: readonly AnalysisCard[];
  /** What the panel showed before the window was reloaded, where VS Code itself had not saved it yet. */
  readonly intent: unknown;
}

export const greet = new RequestType0<ExplainGreeting, Failure>("panel/greet");
export const listPictures = new RequestType0<readonly PictureChoice[], Failure>("panel/listPictures");
/** Opens a dialog; `null` if it was closed. */
export const pickPicture = new RequestType0<PictureChoice | null, Failure>("panel/pickPicture");
/** Keeps a dropped file so that a reload finds it again. */
export const keepPicture = new RequestType<
  { readonly name: string; readonly bytes: Uint8Array },
  PictureChoice,
  Failure
>("panel/keepPicture");
/** The picture that a URI names, dropped from one of VS Code's lists. */
export const namedPicture = new RequestType<{ readonly uri: string }, PictureChoice, Failure>("panel/namedPicture");
/** Remembers the picture as the last used with this model, and names the tab after it. */
export const pictureShown = new NotificationType<{ readonly path: string; readonly label: string }>(
  "panel/pictureShown",
);
/** Keeps what the panel shows: VS Code saves a webview's own state seconds later, and not while it has the focus. */
export const keepIntent = new NotificationType<{ readonly intent: unknown }>("panel/keepIntent");
/** Writes the exact result of a job where the person says. */
export const exportResult = new RequestType<ExportParams & { readonly suggestedName: string }, string | null, Failure>(
  "panel/exportResult",
);
/** A unit of a layer, or the layer's grid of units on the page that holds this unit. */
export interface UnitWanted {
  readonly site: string;
  readonly channel: number;
  readonly view: "unit" | "layer";
}

/** Opens the unit page of this model. */
export const openUnit = new NotificationType<UnitWanted>("panel/openUnit");
export const showLog = new NotificationType<null>("panel/showLog");
