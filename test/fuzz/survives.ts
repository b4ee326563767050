import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { GlassboxError } from "../../src/tensor/errors.ts";
import { bounded } from "./bounded.ts";
import { mutate } from "./mutate.ts";

const mostResident = 700 * 2 ** 20;

/** Gives `open` a mutation for each seed: it is read, or refused with a sentence, with bounded work and without memory that grows. */
export function survives(
  t: TestContext,
  runs: number,
  whole: readonly Uint8Array[],
  open: (damaged: Uint8Array<ArrayBuffer>, seed: number) => void,
): void {
  let [refused, slowest] = [0, 0];
  for (let seed = 1; seed <= runs; seed++) {
    const damaged = mutate(whole[seed % whole.length]!, seed);
    let isRefused = false;
    const took = bounded(`seed ${seed}`, () => {
      try {
        open(damaged, seed);
      } catch (error) {
        if (!(error instanceof GlassboxError)) throw new Error(`seed ${seed}`, { cause: error });
        assert.ok(error.message.length < 600, `seed ${seed}`);
        isRefused = true;
      }
    });
    if (isRefused) refused++;
    slowest = Math.max(slowest, took);
  }
  const resident = process.memoryUsage().rss;
  t.diagnostic(
    `${runs} mutations, ${refused} refused, slowest ${slowest.toFixed(0)} ms, ${(resident / 2 ** 20).toFixed(0)} MiB resident`,
  );
  assert.ok(resident < mostResident, `${resident} bytes resident`);
}
