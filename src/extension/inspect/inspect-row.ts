import type { PanelRow } from "../panels/row.ts";

/** What a model is, and what can be asked of it: it asks no analysis itself. */
export const inspectRow: PanelRow = {
  name: "inspect",
  models: "inspectModel",
  title: (modelName) => modelName,
  carries: [],
  shows: () => false,
  initial: () => undefined,
};
