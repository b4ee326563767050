import assert from "node:assert/strict";
import { test } from "node:test";
import { Builder } from "../../graph/builder.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Program, Runtime } from "../../runtime/runtime.ts";
import { fromFloat64 } from "../../tensor/tensor.ts";
import { Programs } from "./programs.ts";

/** Counts compiled and released programs, and fails if a released one runs. */
class WatchedRuntime implements Runtime {
  readonly name = "reference";
  readonly version = "0";
  compiled = 0;
  released = 0;

  async compile(): Promise<Program> {
    this.compiled++;
    let open = true;
    return {
      inputs: new Map(),
      outputs: [],
      run: async () => {
        await new Promise(setImmediate);
        assert.ok(open, "a released program was run");
        return new Map();
      },
      release: async () => {
        open = false;
        this.released++;
      },
    };
  }
}

const graph = (): Graph => {
  const b = new Builder(coreOperators);
  const x = b.input("x", { dtype: "float32", shape: [4] });
  return b.finish([b.add(x, b.tensor(fromFloat64("float32", [4], [1, 2, 3, 4])))]);
};

test("programs that run concurrently are never released during a run, and are compiled again after it", async () => {
  const runtime = new WatchedRuntime();
  // The budget holds only one program.
  const programs = new Programs(runtime, 1);
  const [a, b] = [await programs.get("a", graph), await programs.get("b", graph)];
  assert.deepEqual([runtime.compiled, runtime.released], [2, 1], "b replaced a");
  await Promise.all([a.run(new Map()), b.run(new Map()), a.run(new Map())]);
  await b.run(new Map());
  await programs.release();
  assert.equal(runtime.released, runtime.compiled, "nothing is left open");
});
