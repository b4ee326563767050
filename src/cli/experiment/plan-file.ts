import { slug } from "../../experiment/plan.ts";
import type { PreparedInput } from "../../protocol/engine.ts";
import type { TaskCard } from "../../protocol/experiment.ts";
import type { AnalysisCard } from "../../protocol/analysis-card.ts";
import type { ModelCard } from "../../protocol/model.ts";
import { encodeImage } from "../../data/image/encode-png.ts";
import { image } from "../../data/image/image.ts";
import { decodeImage } from "../../data/image/decode.ts";
import { asWritten } from "./as-written.ts";
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
  asWritten(store, planName, () => checked(store.readJson(planName) as Partial<KeptPlan> | null));
export const writePlan = (store: Store, kept: KeptPlan): void => store.writeJson(planName, kept);

/** The parts that merging reads by name; what is within them is looked at where it is used. */
function checked(plan: Partial<KeptPlan> | null): KeptPlan {
  const { title, text, model, methods, tasks } = plan ?? {};
  const whole =
    typeof title === "string" &&
    typeof text === "string" &&
    typeof model?.name === "string" &&
    typeof model.sha256 === "string" &&
    Array.isArray(methods) &&
    Array.isArray(tasks) &&
    tasks.every((task: unknown) => typeof (task as Partial<TaskCard> | null)?.stem === "string");
  if (!whole) throw new TypeError("a part of the plan is missing");
  return plan as KeptPlan;
}

const inputName = (input: string): string => `inputs/${slug(input)}`;

/** What the model saw of an input; its picture as PNG, exactly. */
export function writeInput(store: Store, input: string, { view, ...facts }: PreparedInput): void {
  if (view) store.write(`${inputName(input)}.png`, encodeImage(image(view.width, view.height, view.rgb)));
  store.writeJson(`${inputName(input)}.json`, { ...facts, view: view !== undefined });
}

export function readInput(store: Store, input: string): PreparedInput | undefined {
  if (!store.has(`${inputName(input)}.json`)) return undefined;
  const facts = store.readJson(`${inputName(input)}.json`) as Omit<PreparedInput, "view"> & { readonly view: boolean };
  if (!facts.view) return { ...facts, view: undefined };
  const name = `${inputName(input)}.png`;
  const { width, height, data } = decodeImage(store.read(name), name).image;
  return { ...facts, view: { width, height, rgb: Uint8Array.from(data) } };
}
