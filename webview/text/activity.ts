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
