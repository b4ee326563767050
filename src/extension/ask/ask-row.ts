import { hasGenericView } from "../../answers/table.ts";
import type { Intent, PanelRow, Planned } from "../panels/row.ts";

export const askRow: PanelRow = {
  name: "ask",
  models: "askAnalysis",
  title: (modelName) => `Ask · ${modelName}`,
  carries: [],
  shows: ({ gives }) => hasGenericView(gives),
  initial: ({ subject, tasks: [{ method, options, target }] }: Planned): Intent => {
    const draft = { analysis: method, subject, target, options };
    return { draft, asked: draft };
  },
};
