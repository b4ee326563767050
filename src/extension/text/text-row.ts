import type { AnswerData } from "../../protocol/answer-data.ts";
import { openModel } from "../../protocol/engine.ts";
import { CONTEXT_KEYS } from "../manifest/walkthroughs.ts";
import type { Intent, PanelRow, Planned } from "../panels/row.ts";

/** The workbench's views, by what an analysis gives. */
const views: Readonly<Partial<Record<AnswerData["kind"], string>>> = {
  "token-distributions": "next",
  generated: "next",
  "attention-patterns": "attention",
  "attention-weights": "attention",
  lens: "lens",
  "direct-attribution": "attribution",
  patched: "patching",
};

export const textRow: PanelRow = {
  name: "text",
  models: "openTextWorkbench",
  title: (modelName) => modelName,
  step: CONTEXT_KEYS.read,
  carries: ["prompt"],
  shows: ({ takes, gives }) => takes === "prompt" && views[gives] !== undefined,
  initial,
  // A failure is told when the page asks.
  begin: (engine, model) => engine.request(openModel, { model }),
};

function initial({ subject, tasks: [task], cardOf }: Planned): Intent | undefined {
  // The workbench takes texts.
  if (subject.kind !== "prompt" || !("text" in subject.prompt)) return undefined;
  const { prompt, corrupted, answer, wrong } = subject;
  const { gives, command } = cardOf(task);
  const { head = "0.0", component, metric, valueWeighted, edits, direction, replacement, ...others } = task.options;
  const [layer, index] = String(head).split(".").map(Number);
  const given = {
    component,
    metric,
    experiment: replacement === undefined || replacement === "run" ? direction : replacement,
    answer,
    wrong,
    corrupted: corrupted && "text" in corrupted ? corrupted.text : undefined,
    method: gives === "patched" ? command?.when : undefined,
    weighting: valueWeighted === true ? "value" : undefined,
    edits: typeof edits === "string" && edits !== "" ? (JSON.parse(edits) as unknown) : undefined,
    generation: gives === "generated" ? others : undefined,
  };
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { prompt: prompt.text, bos: prompt.addBos, view: views[gives], head: { layer, head: index }, ...known };
}
