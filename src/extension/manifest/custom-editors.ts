import type { PanelName } from "../../protocol/panel.ts";
import { MODEL_FILES, type ModelUse } from "./modelFiles.ts";

export interface CustomEditorContribution {
  readonly viewType: string;
  /** As *Reopen Editor With…* lists it. */
  readonly displayName: string;
  /** The use whose model files it opens. */
  readonly files: ModelUse;
  /** `default`: a double-click opens it; `option`: *Reopen Editor With…* lists it. */
  readonly priority: "default" | "option";
}

/** The panels that are editors of model files too. What a person sets in `workbench.editorAssociations` comes first. */
export const CUSTOM_EDITORS = {
  // As text such a file is only bytes.
  inspect: {
    viewType: "glassbox.inspectEditor",
    displayName: "Glassbox: What This Model Is",
    files: "askAnalysis",
    priority: "default",
  },
  explain: {
    viewType: "glassbox.explainEditor",
    displayName: "Glassbox: Explain a Prediction",
    files: "explain",
    priority: "option",
  },
  text: {
    viewType: "glassbox.textEditor",
    displayName: "Glassbox: Text Workbench",
    files: "openTextWorkbench",
    priority: "option",
  },
} as const satisfies Partial<Record<PanelName, CustomEditorContribution>>;

export type CustomEditorName = keyof typeof CUSTOM_EDITORS;

/** As package.json lists them. */
export const customEditors = () =>
  Object.values(CUSTOM_EDITORS).map(({ viewType, displayName, files, priority }) => ({
    viewType,
    displayName,
    selector: MODEL_FILES[files].map((ending) => ({ filenamePattern: `*${ending}` })),
    priority,
  }));
