import type { Intent, PanelRow, Planned } from "../panels/row.ts";

export const unitRow: PanelRow = {
  name: "unit",
  models: "explain",
  title: (modelName) => modelName,
  carries: ["site", "channel"],
  shows: ({ takes, gives }) => takes === "unit" && gives === "maximized-units",
  initial,
};

/** The page is about one channel; other objectives have none. */
function initial({ subject, tasks: [task] }: Planned): Intent | undefined {
  if (subject.kind !== "unit") return undefined;
  const unit = /^channel\("([^"]+)", (\d+)\)$/.exec(subject.objectives[0] ?? "");
  if (unit === null || subject.objectives.length > 1) return undefined;
  return { site: unit[1], channel: Number(unit[2]), options: task.options, photographs: subject.photographs };
}
