import type { Result } from "../protocol/result.ts";
import { GlassboxError } from "../tensor/errors.ts";

const kept = 64;

/** Exact results of what is on screen, by job, so that a panel can read a pixel or export without holding them. */
export class ShownResults {
  readonly #results = new Map<string, Result>();

  keep(job: string, result: Result): void {
    this.#results.delete(job);
    this.#results.set(job, result);
    const [oldest] = this.#results.keys();
    if (this.#results.size > kept && oldest !== undefined) this.#results.delete(oldest);
  }

  get(job: string): Result {
    const result = this.#results.get(job);
    if (result === undefined)
      throw new GlassboxError("input", "this result is no longer in the engine", { hint: "Run it again." });
    return result;
  }
}
