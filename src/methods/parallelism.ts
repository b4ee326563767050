/**
 * Many samples run in parallel, with one single-threaded session per core, or one after another on all cores. Which is
 * faster depends on the model and on the machine. It is measured once, on the first samples of a computation, and stored.
 */
export type Parallelism = "side-by-side" | "one-by-one";

/** Stores the result for one model. */
export interface ParallelismMemory {
  read(): Parallelism | undefined;
  keep(found: Parallelism): void;
}

/** Parallel runs must take at most this share of the time: each worker holds its own copy of the weights, so equal speed is not enough. */
const requiredSpeedup = 0.95;

/** Whether there are enough runs to justify the measurement. */
export const worthMeasuring = (runs: number, workers: number): boolean => runs >= 8 * workers;

export interface Measurement<T> {
  readonly found: Parallelism;
  /** The results of the first runs, in order. All are from the faster kind, because another number of threads may round differently. */
  readonly results: readonly T[];
}

/** Measures both kinds. Each begins with the first run, warms up, and is then timed twice. */
export async function measureBoth<T>(
  workers: number,
  alone: (run: number) => Promise<T>,
  parallel: (run: number) => Promise<T>,
  now: () => number = () => performance.now(),
): Promise<Measurement<T>> {
  const oneByOne = await timed(1, alone, now);
  const sideBySide = await timed(workers, parallel, now);
  const wins = sideBySide.least < requiredSpeedup * oneByOne.least;
  return { found: wins ? "side-by-side" : "one-by-one", results: (wins ? sideBySide : oneByOne).results };
}

/** `least` is the time per run with `concurrent` runs at once. */
async function timed<T>(
  concurrent: number,
  evaluate: (run: number) => Promise<T>,
  now: () => number,
): Promise<{ readonly least: number; readonly results: readonly T[] }> {
  const results: T[] = [];
  const once = async (): Promise<number> => {
    const [first, start] = [results.length, now()];
    results.push(...(await Promise.all(Array.from({ length: concurrent }, (_, i) => evaluate(first + i)))));
    return (now() - start) / concurrent;
  };
  await once();
  return { least: Math.min(await once(), await once()), results };
}
