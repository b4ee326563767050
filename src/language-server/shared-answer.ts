import { CancellationTokenSource, type CancellationToken } from "vscode-languageserver";

/**
 * One answer that several may wait for. Asked once; stopped when the last of those who wait is cancelled. Who merely ran out
 * of patience still wants it: they were told to come back.
 */
export class SharedAnswer<T> {
  readonly #stop = new CancellationTokenSource();
  readonly #answer: Promise<T | undefined>;
  #value: T | undefined;
  #waiting = 0;
  /** Somebody was told that it will be there later. */
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

  /** The engine has no such answer. */
  get failed(): boolean {
    return this.#state === "failed";
  }

  /** Nobody wanted it any more: the next who do ask anew. */
  get stopped(): boolean {
    return this.#state === "stopped";
  }

  get settled(): boolean {
    return this.#state !== "open";
  }

  /** The answer if it comes within the time; `undefined` if not. */
  async wait(ms: number, token: CancellationToken): Promise<T | undefined> {
    if (this.#value !== undefined) return this.#value;
    this.#waiting++;
    const ended = await this.settling(ms, token);
    this.#waiting--;
    if (ended === "patience") this.#promised = true;
    if (ended === "cancelled" && this.#waiting === 0 && !this.#promised && !this.settled) {
      this.#state = "stopped";
      this.#stop.cancel();
    }
    return ended === "answer" ? this.#value : undefined;
  }

  /** What ended the wait. It does not count as wanting the answer. */
  async settling(ms: number, token: CancellationToken): Promise<"answer" | "patience" | "cancelled"> {
    if (token.isCancellationRequested) return "cancelled";
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<"patience">(
      (resolve) => (timer = setTimeout(() => resolve("patience"), Math.max(0, ms))),
    );
    let listening: { dispose(): void } | undefined;
    const cancelled = new Promise<"cancelled">(
      (resolve) => (listening = token.onCancellationRequested(() => resolve("cancelled"))),
    );
    try {
      return await Promise.race([this.#answer.then(() => "answer" as const), patience, cancelled]);
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
