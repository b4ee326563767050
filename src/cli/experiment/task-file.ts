import path from "node:path";
import type { Failure } from "../../protocol/engine.ts";
import type { Reading, TaskCard, TaskOutcome } from "../../protocol/experiment.ts";
import type { Result } from "../../protocol/result.ts";
import { checkTask } from "./check-results.ts";
import { fromExactJson, toExactJson } from "./exact-json.ts";
import type { Found } from "../present/presenter.ts";
import { filesOf } from "../present/table.ts";
import type { Store } from "./store.ts";

/** A task's answer as it is kept, exactly. Whether it came from the cache is not kept. */
export interface KeptTask {
  readonly task: TaskCard;
  readonly result: Result | undefined;
  readonly failure: Failure | undefined;
  readonly readings: readonly Reading[];
}

const stemOf = ({ stem }: Pick<TaskCard, "stem">): string => `tasks/${stem}`;

export const taskFile = (task: Pick<TaskCard, "stem">): string => `${stemOf(task)}.json`;

/** Writes everything of an answer but its JSON, which is returned: the files that it names, and those for people and table programs. */
export function writeAnswer(store: Store, stem: string, found: Found<never>): unknown {
  const kept = toExactJson(store, stem, found.result);
  for (const [ending, contents] of Object.entries(filesOf(found as never))) store.write(`${stem}.${ending}`, contents);
  return kept;
}

/** Writes the answer; the JSON comes last, so where it lies everything that it names lies too. */
export function writeTask(
  store: Store,
  { task, result, failure, readings }: TaskOutcome,
  context: Pick<Found<never>, "method" | "model" | "input">,
): void {
  const kept = result && writeAnswer(store, stemOf(task), { task, result: result as never, ...context });
  store.writeJson(taskFile(task), { task, result: kept, failure, readings });
}

export function readTask(store: Store, task: Pick<TaskCard, "stem">): KeptTask {
  const {
    task: card,
    result,
    failure,
    readings,
  } = checkTask(
    fromExactJson(store, store.readJson(taskFile(task))),
    taskFile(task),
    path.join(store.folder, taskFile(task)),
  );
  return { task: card, result, failure, readings };
}
