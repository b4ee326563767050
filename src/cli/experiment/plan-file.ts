import path from "node:path";
import { inputStems } from "../../experiment/plan.ts";
import type { PreparedInput } from "../../protocol/engine.ts";
import type { TaskCard } from "../../protocol/experiment.ts";
import type { AnalysisCard } from "../../protocol/analysis-card.ts";
import type { ModelCard } from "../../protocol/model.ts";
import { encodeImage } from "../../data/image/encode-png.ts";
import { image } from "../../data/image/image.ts";
import { decodeImage } from "../../data/image/decode.ts";
import { asWritten } from "./as-written.ts";
import { checkPlan } from "./check-results.ts";
import type { Store } from "./store.ts";

/** Everything that merging shards needs in addition to their tasks. Every shard writes the same file. */
export interface KeptPlan {
  readonly title: string;
  /** The experiment as it was run. */
  readonly text: string;
  readonly model: ModelCard;
  readonly methods: readonly AnalysisCard[];
  readonly tasks: readonly TaskCard[];
}

const planName = "plan.json";

export const hasPlan = (store: Store): boolean => store.has(planName);
export const readPlan = (store: Store): KeptPlan =>
  asWritten(store, planName, () => checkPlan(store.readJson(planName), path.join(store.folder, planName)));
export const writePlan = (store: Store, kept: KeptPlan): void => store.writeJson(planName, kept);

type Tasks = Pick<KeptPlan, "tasks">;

const stems = new WeakMap<Tasks["tasks"], ReadonlyMap<string, string>>();

/** Two inputs never share a file, however alike their names are. */
function inputName({ tasks }: Tasks, input: string): string {
  const known = stems.get(tasks) ?? inputStems(tasks.map((task) => task.input));
  stems.set(tasks, known);
  return `inputs/${known.get(input)!}`;
}

/** What the model saw of an input; its picture as PNG, exactly. */
export function writeInput(store: Store, plan: Tasks, input: string, { view, ...facts }: PreparedInput): void {
  const name = inputName(plan, input);
  if (view) store.write(`${name}.png`, encodeImage(image(view.width, view.height, view.rgb)));
  store.writeJson(`${name}.json`, { ...facts, view: view !== undefined });
}

export function readInput(store: Store, plan: Tasks, input: string): PreparedInput | undefined {
  const stem = inputName(plan, input);
  if (!store.has(`${stem}.json`)) return undefined;
  const facts = store.readJson(`${stem}.json`) as Omit<PreparedInput, "view"> & { readonly view: boolean };
  if (!facts.view) return { ...facts, view: undefined };
  const name = `${stem}.png`;
  const { width, height, data } = decodeImage(store.read(name), name).image;
  return { ...facts, view: { width, height, rgb: Uint8Array.from(data) } };
}
