import type { Program, Runtime } from "../runtime/runtime.ts";

const beatsCell = 0;
const runsCell = 1;
const beatMs = 200;

/** Signs of life of the compute thread in shared memory, which can be read while the thread is busy. */
export class Pulse {
  readonly shared: SharedArrayBuffer;
  readonly #cells: Int32Array;

  /** @param shared the memory of another pulse; by default its own */
  constructor(shared = new SharedArrayBuffer(8)) {
    this.shared = shared;
    this.#cells = new Int32Array(shared);
  }

  /** Changes whenever the thread takes a turn. */
  get beats(): number {
    return Atomics.load(this.#cells, beatsCell);
  }

  /** Whether a runtime compiles or runs a program. */
  get computing(): boolean {
    return Atomics.load(this.#cells, runsCell) > 0;
  }

  beat(): void {
    Atomics.add(this.#cells, beatsCell, 1);
  }

  /** Beats as long as the thread takes turns. */
  start(): void {
    setInterval(() => this.beat(), beatMs).unref();
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    this.beat();
    Atomics.add(this.#cells, runsCell, 1);
    try {
      return await work();
    } finally {
      Atomics.sub(this.#cells, runsCell, 1);
      this.beat();
    }
  }
}

/** A runtime whose pulse says when it computes. */
export const withPulse = (runtime: Runtime, pulse: Pulse): Runtime => ({
  ...runtime,
  compile: async (graph, options) => {
    const program: Program = await pulse.run(() => runtime.compile(graph, options));
    return { ...program, run: (feeds) => pulse.run(() => program.run(feeds)) };
  },
});
