import type { PanelName } from "../../protocol/panel.ts";
import { MODEL_FILES, type ModelUse } from "./modelFiles.ts";

export interface CustomEditorContribution {
  readonly viewType: string;
  /** As *Reopen Editor With…* lists it. */
  readonly displayName: string;
  /** The use whose model files it opens. */
  readonly files: ModelUse;
}

/** The panels that are editors of model files too. A double-click keeps the editor that a person has chosen. */
export const CUSTOM_EDITORS = {
  explain: { viewType: "glassbox.explainEditor", displayName: "Glassbox: Explain a Prediction", files: "explain" },
  text: { viewType: "glassbox.textEditor", displayName: "Glassbox: Text Workbench", files: "openTextWorkbench" },
} as const satisfies Partial<Record<PanelName, CustomEditorContribution>>;

export type CustomEditorName = keyof typeof CUSTOM_EDITORS;

/** As package.json lists them. */
export const customEditors = () =>
  Object.values(CUSTOM_EDITORS).map(({ viewType, displayName, files }) => ({
    viewType,
    displayName,
    selector: MODEL_FILES[files].map((ending) => ({ filenamePattern: `*${ending}` })),
    priority: "option",
  }));
