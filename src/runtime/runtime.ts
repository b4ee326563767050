import type { Graph, ValueName } from "../graph/graph.ts";
import type { Tensor, TensorType } from "../tensor/tensor.ts";

/**
 * How a program is compiled.
 * - `light`: basic optimisation, no prepacking, weights stay mapped; for programs that run a few times
 * - `full`: all optimisations, with a separate copy of the weights, up to 3 times faster; for hot programs
 */
export type Effort = "light" | "full";

export interface CompileOptions {
  readonly effort?: Effort;
  /** Threads for one run; the default is one per core. */
  readonly threads?: number;
  /** If more than 1, that many runs execute in parallel, each on one thread. This suits many samples; a single sample is faster on all threads. */
  readonly workers?: number;
}

/** A compiled graph. Feeds and fetches are in the exact storage of their types. */
export interface Program {
  readonly inputs: ReadonlyMap<ValueName, TensorType>;
  readonly outputs: readonly ValueName[];
  /** The number of runs that may execute in parallel; the default is 1. */
  readonly workers?: number;
  run(feeds: ReadonlyMap<ValueName, Tensor>): Promise<ReadonlyMap<ValueName, Tensor>>;
  release(): Promise<void>;
}

/** Executes graphs. The three runtimes (onnxruntime, tensorflow, reference) must agree. */
export interface Runtime {
  readonly name: RuntimeName;
  readonly version: string;
  /** The execution provider, if it is not the CPU. */
  readonly provider?: string;
  /** Notes for the user about the start, e.g. that the chosen provider is not available. */
  readonly notes?: readonly string[];
  /** The largest useful number of workers, which is the number of cores; the default is 1. */
  readonly workers?: number;
  compile(graph: Graph, options?: CompileOptions): Promise<Program>;
}

export type RuntimeName = "onnxruntime" | "tensorflow" | "reference";

export const inputTypes = (graph: Graph): ReadonlyMap<ValueName, TensorType> =>
  new Map(graph.inputs.map((name) => [name, graph.types.get(name)!]));
