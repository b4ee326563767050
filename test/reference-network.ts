import type { Graph } from "../src/graph/graph.ts";
import { Network } from "../src/methods/network.ts";
import type { Parallelism } from "../src/methods/parallelism.ts";
import type { Outcome, Update } from "../src/methods/analysis.ts";
import { referenceRuntime } from "../src/runtime/reference/reference.ts";

interface Settings {
  /** The number of rows that may run at once. */
  readonly workers?: number;
  /** Which kind of parallelism is known to be faster; measured if unset. */
  readonly known?: Parallelism | undefined;
}

/** A graph with the input `x` and its first output as the logits, for one row at once, in float64. */
export const referenceNetwork = (graph: Graph, { workers, known }: Settings = {}): Network =>
  new Network(
    {
      hash: "toy",
      at: () => graph,
      batchable: false,
      input: "x",
      logits: graph.outputs[0]!,
      layout: "NCHW",
      classNames: undefined,
    },
    workers === undefined ? referenceRuntime : { ...referenceRuntime, workers },
    2 ** 30,
    known && { read: () => known, keep: () => undefined },
  );

/** What a run needs besides its question: nothing is kept, and no other analysis is asked. */
export const alone = {
  cancelled: () => false,
  memoryBudgetBytes: 2 ** 30,
  parts: { get: () => undefined, put: () => undefined, drop: () => undefined },
  ask: () => Promise.reject(new Error("no other analysis is asked")),
} as const;

/** Runs an analysis to its end. */
export async function outcomeOf<Data>(steps: AsyncGenerator<Update<Data>, Outcome<Data>>): Promise<Outcome<Data>> {
  for (;;) {
    const { done, value } = await steps.next();
    if (done) return value;
  }
}
