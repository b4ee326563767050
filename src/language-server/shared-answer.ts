import { CancellationTokenSource, type CancellationToken } from "vscode-languageserver";

/**
 * One answer with several waiters. The request is sent once, and stopped when the last waiter is cancelled. A waiter
 * that timed out does not stop it, because the user was told to come back.
 */
export class SharedAnswer<T> {
  readonly #stop = new CancellationTokenSource();
  readonly #answer: Promise<T | undefined>;
  #value: T | undefined;
  #waiting = 0;
  /** Whether a waiter timed out and may come back. */
  #promised = false;
  #state: "open" | "here" | "failed" | "stopped" = "open";

  constructor(ask: (stop: CancellationToken) => Promise<T | null | undefined>) {
    this.#answer = ask(this.#stop.token).then(
      (value) => {
        if (value === null || value === undefined || this.#state === "stopped") return this.#lack();
        this.#state = "here";
        this.#value = value;
        return value;
      },
      () => this.#lack(),
    );
  }

  /** Whether the engine has no such answer. */
  get failed(): boolean {
    return this.#state === "failed";
  }

  /** Every waiter cancelled; the next caller starts over. */
  get stopped(): boolean {
    return this.#state === "stopped";
  }

  get settled(): boolean {
    return this.#state !== "open";
  }

  /** The answer if it arrives in time; else `undefined`. */
  async wait(ms: number, token: CancellationToken): Promise<T | undefined> {
    if (this.#value !== undefined) return this.#value;
    this.#waiting++;
    const ended = await this.settling(ms, token);
    this.#waiting--;
    if (ended === "timeout") this.#promised = true;
    if (ended === "cancelled" && this.#waiting === 0 && !this.#promised && !this.settled) {
      this.#state = "stopped";
      this.#stop.cancel();
    }
    return ended === "answer" ? this.#value : undefined;
  }

  /** What ended the wait. It does not keep the request alive. */
  async settling(ms: number, token: CancellationToken): Promise<"answer" | "timeout" | "cancelled"> {
    if (token.isCancellationRequested) return "cancelled";
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<"timeout">(
      (resolve) => (timer = setTimeout(() => resolve("timeout"), Math.max(0, ms))),
    );
    let listening: { dispose(): void } | undefined;
    const cancelled = new Promise<"cancelled">(
      (resolve) => (listening = token.onCancellationRequested(() => resolve("cancelled"))),
    );
    try {
      return await Promise.race([this.#answer.then(() => "answer" as const), timeout, cancelled]);
    } finally {
      clearTimeout(timer);
      listening?.dispose();
    }
  }

  #lack(): undefined {
    if (this.#state === "open") this.#state = "failed";
    return undefined;
  }
}
