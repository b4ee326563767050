import type { Graph, ValueName } from "../graph/graph.ts";
import type { Tensor, TensorType } from "../tensor/tensor.ts";

/**
 * How a program is compiled. `light`: basic optimisation, no prepacking, weights stay mapped: for
 * programs that run a few times. `full`: all optimisations, with its own copy of the weights, up to
 * 3 times faster: for hot ones.
 */
export type Effort = "light" | "full";

export interface CompileOptions {
  readonly effort?: Effort;
  /** Threads for one run; all cores unless stated. */
  readonly threads?: number;
  /** More than one: so many runs side by side, each on one thread. For many samples; one sample is faster on all threads. */
  readonly workers?: number;
}

/** A compiled graph. Feeds and fetches are in the exact storage of their types. */
export interface Program {
  readonly inputs: ReadonlyMap<ValueName, TensorType>;
  readonly outputs: readonly ValueName[];
  /** Runs that go side by side; 1 unless stated. */
  readonly workers?: number;
  run(feeds: ReadonlyMap<ValueName, Tensor>): Promise<ReadonlyMap<ValueName, Tensor>>;
  release(): Promise<void>;
}

/** What executes graphs. Three siblings that must agree: onnxruntime, tensorflow, reference. */
export interface Runtime {
  readonly name: RuntimeName;
  readonly version: string;
  /** What it computes on, where that is not the processor. */
  readonly provider?: string;
  /** What a person should know of how it started, e.g. that what was chosen is not there. */
  readonly notes?: readonly string[];
  /** The most lanes that are of use: the cores. 1 unless stated. */
  readonly workers?: number;
  compile(graph: Graph, options?: CompileOptions): Promise<Program>;
}

export type RuntimeName = "onnxruntime" | "tensorflow" | "reference";

export const inputTypes = (graph: Graph): ReadonlyMap<ValueName, TensorType> =>
  new Map(graph.inputs.map((name) => [name, graph.types.get(name)!]));
