import vm from "node:vm";

/** The work took longer than it was given. */
export class TookTooLong extends Error {}

const context = vm.createContext({ work: undefined }) as { work: unknown };
const call = new vm.Script("work()");

/**
 * Runs `work` for at most `milliseconds`. It needs no cooperation: V8 ends even a regular expression that backtracks.
 * Whatever `work` changes may then be half done.
 */
export function bounded<T>(work: () => T, milliseconds: number): T {
  context.work = work;
  try {
    return call.runInContext(context, { timeout: milliseconds }) as T;
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === "ERR_SCRIPT_EXECUTION_TIMEOUT" ? new TookTooLong() : error;
  } finally {
    context.work = undefined;
  }
}
