import type { Graph } from "../../graph/graph.ts";
import type { Effort, Program, Runtime } from "../../runtime/runtime.ts";

/**
 * Compiled programs by what they are made of; the least recently used is released. A language model's are
 * *light*: they map the same weights, so that many cost little more than one.
 */
export class Programs {
  readonly #runtime: Runtime;
  readonly #most: number;
  readonly #made = new Map<string, Promise<Program>>();

  constructor(runtime: Runtime, most: number) {
    this.#runtime = runtime;
    this.#most = most;
  }

  async get(key: string, build: () => Graph, effort: Effort = "light"): Promise<Program> {
    const known = this.#made.get(key) ?? Promise.resolve().then(() => this.#runtime.compile(build(), { effort }));
    this.#made.delete(key);
    this.#made.set(key, known);
    known.catch(() => this.#made.delete(key));
    const [oldest] = this.#made.keys();
    if (this.#made.size > this.#most && oldest !== undefined) {
      const evicted = this.#made.get(oldest)!;
      this.#made.delete(oldest);
      await evicted.then((program) => program.release(), () => undefined);
    }
    return known;
  }

  async release(): Promise<void> {
    const all = [...this.#made.values()];
    this.#made.clear();
    await Promise.all(all.map((made) => made.then((program) => program.release(), () => undefined)));
  }
}
