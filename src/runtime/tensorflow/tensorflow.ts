import { fold } from "../../graph/fold.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { inputTypes, type Runtime } from "../runtime.ts";
import { startBackend, startPortableBackend, type Backend } from "./backend.ts";
import { Interpreter } from "./interpreter.ts";

/**
 * TensorFlow.js, with its native library if that is installed and WebAssembly otherwise. It computes in single precision.
 * Operators, types and shapes that it lacks run by their float64 reference laws, node by node. A run blocks its thread.
 */
export const tensorFlowRuntime = async (): Promise<Runtime> => runtimeOn(await startBackend());

/** TensorFlow.js in WebAssembly, whatever is installed: its numbers do not depend on the machine. */
export const portableRuntime = async (): Promise<Runtime> => runtimeOn(await startPortableBackend());

function runtimeOn(backend: Backend): Runtime {
  return {
    name: "tensorflow",
    version: `${backend.version} (${backend.name})`,
    compile: async (graph) => {
      const interpreter = new Interpreter(backend, fold(graph, coreOperators));
      return {
        inputs: inputTypes(graph),
        outputs: graph.outputs,
        run: async (feeds) => interpreter.run(feeds),
        release: async () => interpreter.release(),
      };
    },
  };
}
