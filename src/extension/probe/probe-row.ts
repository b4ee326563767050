import { siteNames } from "../../protocol/written-lists.ts";
import type { Intent, PanelRow, Planned } from "../panels/row.ts";

export const probeRow: PanelRow = {
  name: "probe",
  models: "probeLayers",
  title: (modelName) => `Probes · ${modelName}`,
  carries: [],
  shows: ({ takes, gives }) => takes === "data" && gives === "probes",
  initial,
};

function initial({ subject, tasks: [task], cardOf }: Planned): Intent | undefined {
  if (subject.kind !== "data") return undefined;
  const sitesOption = cardOf(task).options.find(({ kind, many }) => kind === "site" && many)?.name ?? "";
  const { [sitesOption]: sites = "", ...options } = task.options;
  const named = siteNames(String(sites));
  return { data: subject.data, label: subject.label, sites: named.length ? named : undefined, options, asked: true };
}
