import { Worker } from "node:worker_threads";
import type { AnalysisCard } from "../../protocol/analysis-card.ts";
import type { ReadingAnswer, ReadingRequest, ReadingSettings } from "./messages.ts";
import type { Reading } from "./reading.ts";

/**
 * Reads texts on a thread of its own. A text of 2,000 lines takes YAML 70 to 470 ms, in which the server's own thread
 * could answer no hover; the thread starts with the first text, and again if it dies.
 */
export class Reader {
  readonly #settings: ReadingSettings;
  readonly #say: (fault: string) => void;
  readonly #pending = new Map<number, (answer: ReadingAnswer | undefined) => void>();
  #thread: Worker | undefined;
  #asked = 0;

  constructor(cards: readonly AnalysisCard[], say: (fault: string) => void) {
    this.#say = say;
    this.#settings = { cards };
  }

  /** `undefined` if the thread crashed on the text. */
  async read(text: string): Promise<Reading | undefined> {
    const answer = await this.#ask("read", text);
    return answer?.kind === "read" ? answer.reading : undefined;
  }

  async format(text: string): Promise<string | undefined> {
    const answer = await this.#ask("format", text);
    return answer?.kind === "format" ? answer.formatted : undefined;
  }

  #ask(kind: ReadingRequest["kind"], text: string): Promise<ReadingAnswer | undefined> {
    const id = this.#asked++;
    return new Promise((resolve) => {
      this.#pending.set(id, resolve);
      (this.#thread ??= this.#start()).postMessage({ id, kind, text } satisfies ReadingRequest);
    });
  }

  #start(): Worker {
    const thread = new Worker(new URL("./language-reading.mjs", import.meta.url), { workerData: this.#settings });
    thread.unref();
    thread.on("message", (answer: ReadingAnswer) => {
      this.#pending.get(answer.id)?.(answer);
      this.#pending.delete(answer.id);
    });
    thread.on("error", (error) => {
      this.#say(`Reading an experiment failed: ${error.message}`);
      this.#thread = undefined;
      for (const settle of this.#pending.values()) settle(undefined);
      this.#pending.clear();
    });
    return thread;
  }
}
