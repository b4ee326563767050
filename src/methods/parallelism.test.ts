import assert from "node:assert/strict";
import test from "node:test";
import { measureBoth, worthMeasuring } from "./parallelism.ts";

/** Runs on a simulated clock: a run alone takes `alone`; a set of parallel runs takes `parallel`. */
async function trial(workers: number, alone: number, parallel: number) {
  let time = 0;
  const runs: string[] = [];
  let together = 0;
  const { found, results } = await measureBoth(
    workers,
    async (run) => ((time += alone), runs.push(`alone ${run}`), run),
    async (run) => {
      if (together++ % workers === 0) time += parallel;
      runs.push(`parallel ${run}`);
      return run;
    },
    () => time,
  );
  return { found, results, runs };
}

test("the faster kind is found, and its results are the first ones of the computation", async () => {
  const { found, results, runs } = await trial(2, 30, 40);
  assert.equal(found, "side-by-side");
  assert.deepEqual(results, [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(runs, ["alone 0", "alone 1", "alone 2", ...[0, 1, 2, 3, 4, 5].map((run) => `parallel ${run}`)]);
  assert.deepEqual((await trial(2, 30, 80)).results, [0, 1, 2]);
  assert.ok(worthMeasuring(16, 2) && !worthMeasuring(15, 2));
});

test("parallel runs must be faster by enough to justify their copies of the weights", async () => {
  assert.equal((await trial(2, 30, 80)).found, "one-by-one");
  assert.equal((await trial(2, 30, 59)).found, "one-by-one");
  assert.equal((await trial(4, 30, 100)).found, "side-by-side");
});
