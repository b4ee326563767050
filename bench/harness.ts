/** Measures contenders against each other: interleaved, in one process's time, so that a neighbour's load hits all alike. */
import os from "node:os";
import { setTimeout as pause } from "node:timers/promises";

export interface Contender {
  readonly name: string;
  /** One run, in milliseconds, measured where the work is done. */
  readonly run: () => Promise<number>;
}

export interface Timing {
  readonly name: string;
  readonly median: number;
  /** First and third quartile. */
  readonly quartiles: readonly [number, number];
  readonly best: number;
  /** Median over the rounds of the first contender's… time by this one's in the same round: how many times slower this one is. */
  readonly slower: number;
  readonly runs: number;
}

export const clock = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};

/** Threads that spin after their work would take the next contender's cores. */
const settle = 25;

/** Two unmeasured rounds, then `rounds` in which each contender runs once, in turn. Times are compared with the first's. */
export async function compare(contenders: readonly Contender[], rounds: number): Promise<Timing[]> {
  const times = contenders.map(() => [] as number[]);
  for (let round = -2; round < rounds; round++) {
    for (const [i, { run }] of contenders.entries()) {
      await pause(settle);
      const took = await run();
      if (round >= 0) times[i]!.push(took);
    }
  }
  return contenders.map(({ name }, i) => summary(name, times[i]!, times[0]!));
}

export function summary(name: string, times: readonly number[], first: readonly number[]): Timing {
  return {
    name,
    median: quantile(times, 0.5),
    quartiles: [quantile(times, 0.25), quantile(times, 0.75)],
    best: Math.min(...times),
    slower: quantile(
      times.map((time, round) => time / first[round]!),
      0.5,
    ),
    runs: times.length,
  };
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  return below + (at - Math.floor(at)) * (sorted[Math.ceil(at)]! - below);
}

/** What the numbers were measured on; without names of machines or people. */
export function machine(): string {
  const [cpu] = os.cpus();
  const memory = Math.round(os.totalmem() / 2 ** 30);
  return `${cpu?.model.trim() ?? "unknown processor"}, ${os.availableParallelism()} cores, ${memory} GB, ${os.type()} ${os.arch()}, Node ${process.versions.node}`;
}

/** What a section says of the machine and the day. @param loadBefore the load average when the benchmark began */
export const conditions = (loadBefore: number) => ({
  machine: machine(),
  load: `${loadBefore.toFixed(1)} before, ${os.loadavg()[0]!.toFixed(1)} after`,
  date: new Date().toISOString().slice(0, 10),
});

/** Three significant digits: the rest is noise. */
export const digits = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
export const times = (ratio: number): string => `${ratio.toFixed(ratio < 10 ? 2 : 1)}×`;
