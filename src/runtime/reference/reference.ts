import { narrow } from "../../graph/array64.ts";
import { evaluate } from "../../graph/evaluate.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { inputTypes, type Runtime } from "../runtime.ts";

/** The specification as a runtime: it evaluates every operator's float64 law. It is slow, and its floats are `float64`. */
export const referenceRuntime: Runtime = {
  name: "reference",
  version: "1",
  compile: async (graph) => ({
    inputs: inputTypes(graph),
    outputs: graph.outputs,
    run: async (feeds) =>
      new Map([...evaluate(graph, feeds, coreOperators)].map(([name, value]) => [name, narrow(value)])),
    release: async () => undefined,
  }),
};
