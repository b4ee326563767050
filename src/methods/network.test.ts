import assert from "node:assert/strict";
import test from "node:test";
import { Builder } from "../graph/builder.ts";
import { coreOperators } from "../graph/ops/table.ts";
import { parseTarget } from "../graph/target.ts";
import { referenceRuntime } from "../runtime/reference/reference.ts";
import type { CompileOptions, Runtime } from "../runtime/runtime.ts";
import { Random } from "../tensor/random.ts";
import { float32 } from "../tensor/tensor.ts";
import type { Parallelism } from "./parallelism.ts";
import { Network, rowsOf } from "./network.ts";

/** Three logits from eight input values. Not batchable, so each row is one run. */
const graph = (() => {
  const b = new Builder(coreOperators);
  const x = b.input("x", { dtype: "float32", shape: [1, 8] });
  return b.finish([
    b.apply("Relu", [b.matmul(x, b.tensor(float32([8, 3], new Random(1).normals(24))))], {}, { names: ["logits"] }),
  ]);
})();

function network(workers: number, known?: Parallelism) {
  const compiled: (number | undefined)[] = [];
  const runtime: Runtime = {
    ...referenceRuntime,
    workers,
    compile: async (of, options: CompileOptions = {}) => {
      compiled.push(options.workers);
      return { ...(await referenceRuntime.compile(of, options)), workers: options.workers ?? 1 };
    },
  };
  const kept: Parallelism[] = known ? [known] : [];
  const memory = { read: () => kept.at(-1), keep: (found: Parallelism) => void kept.push(found) };
  const made = new Network(
    {
      hash: "toy",
      at: () => graph,
      batchable: false,
      input: "x",
      logits: "logits",
      layout: "NCHW",
      classNames: undefined,
    },
    runtime,
    2 ** 30,
    memory,
  );
  return { made, compiled, kept };
}

const rows = float32([40, 8], new Random(2).normals(320));

async function gradients(of: Network): Promise<{ starts: number[]; values: number[] }> {
  const [starts, values] = [[] as number[], [] as number[]];
  for await (const {
    start,
    gradients: [gradient],
  } of of.gradients(rowsOf(rows), parseTarget("logit:1"), { wrt: ["x"] })) {
    starts.push(start);
    values.push(...(gradient!.data as Float32Array));
  }
  return { starts, values };
}

test("the first long computation measures both kinds of parallelism once, loses no row and keeps their order", async () => {
  const { made, compiled, kept } = network(2);
  const expected = await gradients(network(1).made);
  assert.deepEqual(await gradients(made), expected);
  assert.deepEqual(
    expected.starts,
    Array.from({ length: 40 }, (_, i) => i),
  );
  assert.deepEqual(compiled, [1, 2]);
  assert.equal(kept.length, 1);
  assert.deepEqual(await gradients(made), expected);
  assert.deepEqual(compiled, [1, 2]);
  assert.equal(kept.length, 1);
});

test("a stored parallelism is not measured again", async () => {
  for (const [known, workers] of [
    ["one-by-one", 1],
    ["side-by-side", 2],
  ] as const) {
    const { made, compiled } = network(2, known);
    await gradients(made);
    assert.deepEqual(compiled, [workers]);
  }
});
