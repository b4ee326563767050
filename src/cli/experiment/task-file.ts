import { readNpy, writeNpy } from "../../formats/numpy/npy.ts";
import type { Failure, PreparedInput } from "../../protocol/engine.ts";
import type { Reading, TaskCard, TaskOutcome } from "../../protocol/experiment.ts";
import type { Result } from "../../protocol/result.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { drawn } from "../explain/drawn.ts";
import type { MethodCard } from "../../protocol/method-card.ts";
import type { Store } from "./store.ts";

/** A task's answer as it is kept: exactly, its tensors in .npy files beside it. Whether it came from the cache is not kept. */
export interface KeptTask {
  readonly task: TaskCard;
  readonly result: Result | undefined;
  readonly failure: Failure | undefined;
  readonly readings: readonly Reading[];
}

export const taskFile = ({ stem }: Pick<TaskCard, "stem">): string => `tasks/${stem}.json`;

/** Writes the answer; the JSON comes last, so where it lies everything that it names lies too. */
export function writeTask(store: Store, { task, result, failure, readings }: TaskOutcome, method: MethodCard, input: Pick<PreparedInput, "view"> | undefined): void {
  const replace = (value: unknown, place: string): unknown => {
    if (isTensor(value)) {
      const file = `tasks/${task.stem}${place === "data.values" ? "" : `.${place.replace(/^data\./, "")}`}.npy`;
      store.write(file, writeNpy(value));
      return { npy: file };
    }
    if (Array.isArray(value)) return value.map((item, i) => replace(item, `${place}.${i}`));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, replace(inner, place === "" ? key : `${place}.${key}`)]));
  };
  const kept = replace(result, "");
  if (result?.data.kind === "heatmap") store.write(`tasks/${task.stem}.png`, drawn(method, { ...result, data: result.data }, input ?? { view: undefined }).where.png);
  store.writeJson(taskFile(task), { task, result: kept, failure, readings });
}

export function readTask(store: Store, task: Pick<TaskCard, "stem">): KeptTask {
  const restore = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(restore);
    if ("npy" in value && typeof value.npy === "string") return readTensor(store, value.npy);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, restore(inner)]));
  };
  const { task: card, result, failure, readings } = restore(store.readJson(taskFile(task))) as KeptTask;
  return { task: card, result, failure, readings };
}

function readTensor(store: Store, name: string): Tensor {
  const bytes = store.read(name);
  return readNpy({ name, size: bytes.length, read: (offset, length) => Uint8Array.from(bytes.subarray(offset, offset + length)), close: () => undefined });
}

const isTensor = (value: unknown): value is Tensor => typeof value === "object" && value !== null && "dtype" in value && "data" in value && ArrayBuffer.isView(value.data);
