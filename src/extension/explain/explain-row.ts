import type { EngineClient } from "../../client/engine-client.ts";
import { cheapFirst, mapsOf, predictionOf } from "../../protocol/analysis-choice.ts";
import { openModel } from "../../protocol/engine.ts";
import type { OptionValues } from "../../protocol/result.ts";
import { CONTEXT_KEYS } from "../manifest/walkthroughs.ts";
import type { Intent, PanelRow, Planned } from "../panels/row.ts";
import { isPicture } from "../panels/picture-files.ts";

export const explainRow: PanelRow = {
  name: "explain",
  models: "explain",
  beside: true,
  title: (modelName) => modelName,
  step: CONTEXT_KEYS.explained,
  carries: ["picture"],
  selected: (paths) => {
    const picture = paths.find(isPicture);
    return picture === undefined ? {} : { picture };
  },
  shows: ({ takes, gives }) => takes === "picture" && (gives === "model-output" || gives === "heatmap"),
  initial,
  begin,
};

function initial({ subject, tasks, cardOf }: Planned): Intent | undefined {
  if (subject.kind !== "picture" || !("path" in subject.input)) return undefined;
  // A panel has one map an analysis and one target, so the first is shown.
  const maps = new Map<string, OptionValues>();
  for (const task of tasks)
    if (cardOf(task).gives === "heatmap" && !maps.has(task.method)) maps.set(task.method, task.options);
  const methods = [...maps.keys()];
  return {
    picture: subject.input.path,
    target: tasks.find((task) => task.target !== undefined)?.target,
    options: Object.fromEntries(maps),
    ...(methods.length > 0 && { methods, leading: methods[0] }),
  };
}

/** The prediction, and the map that the panel asks first where nobody chose. */
async function begin(
  engine: EngineClient,
  model: string,
  { picture }: Intent,
  token: Parameters<NonNullable<PanelRow["begin"]>>[3],
): Promise<void> {
  await engine.request(openModel, { model });
  if (typeof picture !== "string") return;
  const analyses = await engine.analyses();
  const [first] = cheapFirst(mapsOf(analyses).filter(({ byDefault }) => byDefault));
  for (const card of [predictionOf(analyses), first])
    if (card)
      await engine.ask(
        { analysis: card.id, model, subject: { kind: "picture", input: { path: picture } }, options: {} },
        undefined,
        token,
      );
}
