import type { ExperimentEvent, PlannedInput, TaskCard } from "../../protocol/experiment.ts";
import type { OptionValues } from "../../protocol/result.ts";
import { usualProbeOptions } from "../../protocol/probing.ts";
import { usualVisualizeOptions } from "../../protocol/visualization.ts";
import { readTexts, siteNames } from "../../protocol/written-lists.ts";
import type { PANELS } from "../manifest/panels.ts";

type Planned = Extract<ExperimentEvent, { readonly kind: "planned" }>;
type Of<Takes extends PlannedInput["takes"]> = Extract<PlannedInput, { readonly takes: Takes }>;

/** The panel that asks what an experiment asks of its first input, and what it begins with, in the words of its own state. */
export interface PanelIntent {
  readonly panel: Exclude<keyof typeof PANELS, "walkthrough">;
  readonly intent: Readonly<Record<string, unknown>> & { readonly model: string };
}

type Begin<Takes extends PlannedInput["takes"]> = (
  input: Of<Takes>,
  tasks: readonly TaskCard[],
  model: string,
) => PanelIntent | undefined;

const begins: { readonly [Takes in PlannedInput["takes"]]: Begin<Takes> } = {
  picture: explained,
  data: probed,
  unit: grown,
  prompt: read,
};

/** `undefined` where no panel can ask the same. */
export function panelIntent({ inputs: [first], tasks, model }: Planned): PanelIntent | undefined {
  if (first === undefined) return undefined;
  return (begins[first.takes] as Begin<PlannedInput["takes"]>)(
    first,
    tasks.filter(({ input }) => input === first.name),
    model.path,
  );
}

function explained({ path }: Of<"picture">, tasks: readonly TaskCard[], model: string): PanelIntent {
  // A panel has one map a method and one target, so the first is shown.
  const maps = new Map<string, OptionValues>();
  for (const { method, options } of tasks) if (method !== "prediction" && !maps.has(method)) maps.set(method, options);
  const methods = [...maps.keys()];
  const target = tasks.find((task) => task.target !== undefined)?.target;
  return {
    panel: "explain",
    intent: {
      version: 1,
      model,
      picture: path,
      target,
      options: Object.fromEntries(maps),
      ...(methods.length > 0 && { methods, leading: methods[0] }),
    },
  };
}

function probed({ data, label }: Of<"data">, [task]: readonly TaskCard[], model: string): PanelIntent | undefined {
  if (task === undefined) return undefined;
  const { sites = "", ...options } = task.options;
  const named = siteNames(String(sites));
  return {
    panel: "probe",
    intent: {
      version: 1,
      model,
      data,
      label,
      sites: named.length ? named : undefined,
      options: { ...usualProbeOptions, ...options },
      asked: true,
    },
  };
}

function grown(
  { objective, photographs }: Of<"unit">,
  [task]: readonly TaskCard[],
  model: string,
): PanelIntent | undefined {
  const unit = /^channel\("([^"]+)", (\d+)\)$/.exec(objective);
  if (task === undefined || unit === null) return undefined;
  const { preset, steps, range, portable, seed } = { ...usualVisualizeOptions, ...task.options };
  return {
    panel: "unit",
    intent: {
      version: 1,
      model,
      site: unit[1],
      channel: Number(unit[2]),
      preset,
      steps,
      range,
      portable,
      seed,
      photographs,
    },
  };
}

/** A text's view by the method that is asked of it. */
const views: Readonly<Record<string, string>> = {
  "next-tokens": "next",
  generate: "next",
  attention: "attention",
  "attention-head": "attention",
  "logit-lens": "lens",
  "direct-logit-attribution": "attribution",
  "activation-patching": "patching",
  "attribution-patching": "patching",
};

function read(
  { prompt, corrupted, answer, wrong }: Of<"prompt">,
  [task]: readonly TaskCard[],
  model: string,
): PanelIntent | undefined {
  // The workbench takes texts.
  if (task === undefined || !("text" in prompt)) return undefined;
  const { method, options } = task;
  const { head = "0.0", component, metric, valueWeighted, edits, direction, replacement, ...generation } = options;
  const [layer, index] = String(head).split(".").map(Number);
  const experiment = replacement === undefined || replacement === "run" ? direction : replacement;
  const given = {
    component,
    metric,
    experiment,
    answer,
    wrong,
    corrupted: corrupted && "text" in corrupted ? corrupted.text : undefined,
    method: method === "attribution-patching" ? "attribution" : undefined,
    weighting: valueWeighted === true ? "value" : undefined,
    edits: typeof edits === "string" && edits !== "" ? (JSON.parse(edits) as unknown) : undefined,
    generation:
      method === "generate"
        ? {
            temperature: 0,
            topP: 1,
            most: 64,
            seed: 0,
            ...generation,
            stop: readTexts(String(generation.stop ?? "")).join("\n"),
          }
        : undefined,
  };
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return {
    panel: "text",
    intent: {
      version: 1,
      model,
      prompt: prompt.text,
      bos: prompt.addBos,
      view: views[method],
      head: { layer, head: index },
      ...known,
    },
  };
}
