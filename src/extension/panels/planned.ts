import type { ExperimentEvent } from "../../protocol/experiment.ts";
import type { Intent, PanelRow } from "./row.ts";
import { panelRows } from "./table.ts";

type PlannedEvent = Extract<ExperimentEvent, { readonly kind: "planned" }>;

/** The panel that asks what an experiment asks of its first input, and what it begins with; `undefined` where there is none. */
export function panelOf({
  inputs: [first],
  tasks,
  methods,
}: PlannedEvent): { readonly row: PanelRow; readonly intent: Intent } | undefined {
  if (first === undefined) return undefined;
  const cardOf = ({ method }: { readonly method: string }) => methods.find(({ id }) => id === method)!;
  const asked = tasks.filter(({ input }) => input === first.name);
  for (const row of panelRows) {
    const [task, ...others] = asked.filter((each) => row.shows(cardOf(each)));
    const intent = task && row.initial({ subject: first.subject, tasks: [task, ...others], cardOf });
    if (intent) return { row, intent };
  }
  return undefined;
}
