import { useEffect, useState } from "preact/hooks";
import type { MessageConnection } from "vscode-jsonrpc";

/** What is running for the panel: for its progress line and its one Cancel. */
export interface Task {
  readonly label: string;
  /** 0 to 1. */
  readonly share: number;
  readonly cancel: () => void;
}

export class Activity {
  readonly #tasks = new Map<symbol, Task>();
  #listener: (tasks: readonly Task[]) => void = () => undefined;

  listen(listener: (tasks: readonly Task[]) => void): void {
    this.#listener = listener;
    listener([...this.#tasks.values()]);
  }

  set(key: symbol, task: Task | undefined): void {
    if (task) this.#tasks.set(key, task);
    else this.#tasks.delete(key);
    this.#listener([...this.#tasks.values()]);
  }

  cancel(): void {
    for (const task of this.#tasks.values()) task.cancel();
  }
}

const activities = new WeakMap<MessageConnection, Activity>();

export function activityOf(connection: MessageConnection): Activity {
  const known = activities.get(connection) ?? new Activity();
  activities.set(connection, known);
  return known;
}

/** Everything that `useAsk` and `useRequest` have running on this connection. */
export function useActivity(connection: MessageConnection): {
  readonly tasks: readonly Task[];
  readonly cancel: () => void;
} {
  const [tasks, setTasks] = useState<readonly Task[]>([]);
  const activity = activityOf(connection);
  useEffect(() => activity.listen(setTasks), [activity]);
  return { tasks, cancel: () => activity.cancel() };
}
