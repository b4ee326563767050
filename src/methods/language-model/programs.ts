import type { Graph } from "../../graph/graph.ts";
import { coreOperators, traitsOf } from "../../graph/ops/table.ts";
import { peakMemory } from "../../graph/peak-memory.ts";
import { bytesPerElement } from "../../tensor/dtype.ts";
import { requireMemory } from "../../tensor/memory-budget.ts";
import { sizeOf } from "../../tensor/shape.ts";
import type { Effort, Program, Runtime } from "../../runtime/runtime.ts";

interface Made {
  readonly program: Promise<Program>;
  /** The bytes of weights that it maps. */
  readonly bytes: number;
  /** The number of unfinished runs. */
  running: number;
  /** Whether it was evicted; it is released after its last run. */
  dropped: boolean;
}

/** A program that may be evicted between two runs; it is then compiled again. */
export type SharedProgram = Pick<Program, "inputs" | "outputs" | "run">;

/**
 * A cache of compiled programs, which releases the least recently used. A language model's programs are *light*: they map
 * the same weight files, so the memory is shared. However, each program's pages count as resident again, so the total of
 * mapped bytes is limited.
 * Several questions may run at once, so a program is never released during a run.
 */
export class Programs {
  readonly #runtime: Runtime;
  readonly #mostBytes: number;
  readonly #mostRunBytes: number;
  readonly #made = new Map<string, Made>();

  /** @param mostRunBytes a program whose run takes more is refused before it is compiled */
  constructor(runtime: Runtime, mostBytes: number, mostRunBytes = Infinity) {
    this.#runtime = runtime;
    this.#mostBytes = mostBytes;
    this.#mostRunBytes = mostRunBytes;
  }

  async get(key: string, build: () => Graph, effort: Effort = "light"): Promise<SharedProgram> {
    const made = this.#touch(key, build, effort);
    await this.#makeRoom(key);
    const { inputs, outputs } = await made.program;
    return {
      inputs,
      outputs,
      run: async (feeds) => {
        const now = this.#touch(key, build, effort);
        now.running++;
        try {
          await this.#makeRoom(key);
          return await (await now.program).run(feeds);
        } finally {
          now.running--;
          if (now.dropped) await releaseIdle(now);
        }
      },
    };
  }

  async release(): Promise<void> {
    const all = [...this.#made.values()];
    this.#made.clear();
    await Promise.all(all.map(drop));
  }

  /** Returns the program and marks it as most recently used. */
  #touch(key: string, build: () => Graph, effort: Effort): Made {
    const made = this.#made.get(key) ?? this.#compile(key, build(), effort);
    this.#made.delete(key);
    this.#made.set(key, made);
    return made;
  }

  async #makeRoom(key: string): Promise<void> {
    let mapped = [...this.#made.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    for (const [oldest, made] of [...this.#made]) {
      if (oldest === key || (mapped <= this.#mostBytes && this.#made.size <= mostPrograms)) break;
      this.#made.delete(oldest);
      mapped -= made.bytes;
      await drop(made);
    }
  }

  #compile(key: string, graph: Graph, effort: Effort): Made {
    requireMemory(peakMemory(graph, coreOperators).bytes, this.#mostRunBytes, "running the model on so many tokens", {
      hint: "Shorten the prompt, ask for fewer sites at once, or raise the memory budget: --memory in the terminal, or the setting glassbox.memoryBudget.",
    });
    const program = this.#runtime.compile(graph, { effort });
    program.catch(() => this.#made.delete(key));
    return { program, bytes: touchedBytes(graph), running: 0, dropped: false };
  }
}

async function drop(made: Made): Promise<void> {
  made.dropped = true;
  await releaseIdle(made);
}

async function releaseIdle({ program, running }: Made): Promise<void> {
  if (running > 0) return;
  await program.then(
    (each) => each.release(),
    () => undefined,
  );
}

/** The bytes of weights that a run reads. Of a table that is only indexed, a run reads a few rows, which are not counted. */
function touchedBytes({ constants, nodes }: Graph): number {
  const looked = new Set(nodes.flatMap(({ op, inputs }) => (traitsOf(op)?.looksUp ? inputs.slice(0, 1) : [])));
  const whole = new Set(nodes.flatMap(({ op, inputs }) => (traitsOf(op)?.looksUp ? inputs.slice(1) : inputs)));
  return [...constants].reduce(
    (sum, [name, { dtype, shape }]) =>
      sum + (looked.has(name) && !whole.has(name) ? 0 : sizeOf(shape) * bytesPerElement(dtype)),
    0,
  );
}

/** A limit on the number of programs, because sessions take some memory too. */
const mostPrograms = 512;
