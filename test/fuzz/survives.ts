import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { GlassboxError } from "../../src/tensor/errors.ts";
import { mutate } from "./mutate.ts";

const mostMilliseconds = 1000;
const mostResident = 700 * 2 ** 20;

/**
 * Gives `open` a mutation for each seed: what is damaged is read, or refused with a sentence, within a second of processor time
 * and without memory that grows. Processor time, because another process may hold the machine for longer.
 */
export function survives(
  t: TestContext,
  runs: number,
  whole: readonly Uint8Array[],
  open: (damaged: Uint8Array<ArrayBuffer>, seed: number) => void,
): void {
  let [refused, slowest] = [0, 0];
  for (let seed = 1; seed <= runs; seed++) {
    const damaged = mutate(whole[seed % whole.length]!, seed);
    const began = process.cpuUsage();
    try {
      open(damaged, seed);
    } catch (error) {
      if (!(error instanceof GlassboxError)) throw new Error(`seed ${seed}`, { cause: error });
      assert.ok(error.message.length < 600, `seed ${seed}`);
      refused++;
    }
    const { user, system } = process.cpuUsage(began);
    slowest = Math.max(slowest, (user + system) / 1000);
  }
  const resident = process.memoryUsage().rss;
  t.diagnostic(
    `${runs} mutations, ${refused} refused, slowest ${slowest.toFixed(0)} ms, ${(resident / 2 ** 20).toFixed(0)} MiB resident`,
  );
  assert.ok(slowest < mostMilliseconds, `slowest ${slowest} ms`);
  assert.ok(resident < mostResident, `${resident} bytes resident`);
}
