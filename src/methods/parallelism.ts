/**
 * Many samples go side by side, a single-threaded session a core, or one after another on all cores. Which is faster
 * depends on the model and on the machine: measured once, on the first samples of a sweep, and remembered.
 */
export type Parallelism = "side-by-side" | "one-by-one";

/** Where the answer for one model is kept. */
export interface ParallelismMemory {
  read(): Parallelism | undefined;
  keep(found: Parallelism): void;
}

/** Each lane holds a copy of the weights of its own, so being as fast is not enough. */
const requiredSpeedup = 0.95;

/** A sweep of fewer runs is not worth a trial. */
export const worthMeasuring = (runs: number, workers: number): boolean => runs >= 8 * workers;

export interface Measurement<T> {
  readonly found: Parallelism;
  /** Of the first runs, in order, all by the arrangement that was found: another number of threads may round differently. */
  readonly results: readonly T[];
}

/** Each way begins with the first run, warms up and is then timed twice. */
export async function measureBoth<T>(
  workers: number,
  alone: (run: number) => Promise<T>,
  beside: (run: number) => Promise<T>,
  now: () => number = () => performance.now(),
): Promise<Measurement<T>> {
  const oneByOne = await timed(1, alone, now);
  const sideBySide = await timed(workers, beside, now);
  const wins = sideBySide.least < requiredSpeedup * oneByOne.least;
  return { found: wins ? "side-by-side" : "one-by-one", results: (wins ? sideBySide : oneByOne).results };
}

/** `least` is the time for a run, `together` of them at once. */
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
