import assert from "node:assert/strict";

const attempts = 3;

/** Processor time of this process in milliseconds: it does not count what other processes take. */
function processorTime(work: () => void): number {
  const began = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
}

/** Fifty million steps of a random number generator: about a tenth of a second on the machines of today. */
function yardstick(): void {
  let state = 1;
  for (let step = 0; step < 5e7; step++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
  }
  assert.notEqual(state, 0);
}

let first: number | undefined;

/**
 * Runs `work` and returns its processor time in milliseconds. Fails if that is more than `allowance` times what a fixed loop takes on the same
 * machine, so that the bound keeps the machine's pace. Both are measured again before it fails, because neighbours slow memory and caches too.
 */
export function bounded(what: string, work: () => void, allowance = 10): number {
  const tried: string[] = [];
  for (let attempt = 0; attempt < attempts; attempt++) {
    const took = processorTime(work);
    if (took <= allowance * (first ??= processorTime(yardstick))) return took;
    const allowed = allowance * processorTime(yardstick);
    if (took <= allowed) return took;
    tried.push(`${took.toFixed(0)} ms where ${allowed.toFixed(0)} ms are allowed`);
  }
  assert.fail(`${what} takes too much processor time: ${tried.join("; ")}`);
}
