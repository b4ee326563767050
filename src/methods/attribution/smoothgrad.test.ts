import assert from "node:assert/strict";
import { test } from "node:test";
import { alone, outcomeOf, referenceNetwork } from "../../../test/reference-network.ts";
import { Builder } from "../../graph/builder.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { logit } from "../../graph/target.ts";
import { float32, toFloat64 } from "../../tensor/tensor.ts";
import type { Network } from "../network.ts";
import type { Parallelism } from "../parallelism.ts";
import { parseOptions } from "../option.ts";
import { smoothGrad } from "./smoothgrad.ts";

const pixels = 4;

/** One logit, Σ x³, whose slope 3x² depends on the noise. On a runtime with two workers. */
function cubic(known?: Parallelism): Network {
  const b = new Builder(coreOperators);
  const x = b.input("x", { dtype: "float32", shape: [1, 1, 2, 2] });
  const cube = b.mul(b.mul(x, x), x);
  const flat = b.apply("Reshape", [cube], { shape: [1, pixels] });
  const graph = b.finish([b.matmul(flat, b.tensor(float32([pixels, 1], new Float32Array(pixels).fill(1))))]);
  return referenceNetwork(graph, { workers: 2, known });
}

async function mapOn(network: Network): Promise<readonly number[]> {
  const { data } = await outcomeOf(
    smoothGrad.run({
      ...alone,
      network,
      input: float32([1, 1, 2, 2], [1, -2, 0.5, 3]),
      target: logit(0),
      pixels: undefined,
      options: parseOptions(smoothGrad.options, { samples: 32 }),
    }),
  );
  return Array.from(toFloat64(data.values));
}

test("the map is the same whether this run measures which kind of parallelism is faster, or knows it", async () => {
  const measured = await mapOn(cubic());
  assert.deepEqual(await mapOn(cubic("one-by-one")), measured);
  assert.deepEqual(await mapOn(cubic("side-by-side")), measured);
  assert.equal(new Set(measured).size, pixels);
});
