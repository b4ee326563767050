import type { AnalysisResult } from "../../protocol/answer-data.ts";
import type { Failure } from "../../protocol/engine.ts";
import type { Reading, TaskCard, TaskOutcome } from "../../protocol/experiment.ts";
import { fromExactJson, toExactJson } from "./exact-json.ts";
import type { Found } from "./presenters/presenter.ts";
import { presenterOf } from "./presenters/table.ts";
import type { Store } from "./store.ts";

/** A task's answer as it is kept, exactly. Whether it came from the cache is not kept. */
export interface KeptTask {
  readonly task: TaskCard;
  readonly result: AnalysisResult | undefined;
  readonly failure: Failure | undefined;
  readonly readings: readonly Reading[];
}

const stemOf = ({ stem }: Pick<TaskCard, "stem">): string => `tasks/${stem}`;

export const taskFile = (task: Pick<TaskCard, "stem">): string => `${stemOf(task)}.json`;

/** Writes the answer; the JSON comes last, so where it lies everything that it names lies too. */
export function writeTask(
  store: Store,
  { task, result, failure, readings }: TaskOutcome,
  beside: Pick<Found<never>, "method" | "model" | "input">,
): void {
  const kept = toExactJson(store, stemOf(task), result);
  if (result) {
    const files = presenterOf(result.data.kind).files({ task, result: result as never, ...beside });
    for (const [ending, contents] of Object.entries(files)) store.write(`${stemOf(task)}${ending}`, contents);
  }
  store.writeJson(taskFile(task), { task, result: kept, failure, readings });
}

export function readTask(store: Store, task: Pick<TaskCard, "stem">): KeptTask {
  const { task: card, result, failure, readings } = fromExactJson(store, store.readJson(taskFile(task))) as KeptTask;
  return { task: card, result, failure, readings };
}
