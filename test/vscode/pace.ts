import { execFileSync } from "node:child_process";

/** Seconds in which Node starts on an idle machine of the present, the least of three. */
const reference = 0.04;

/**
 * How many times slower than such a machine this one is now, never less than 1. Starting Node is what opening a panel is:
 * processes, files and fresh memory; a busy loop would miss what a virtual machine makes of these (measured on one: the
 * loop at full pace, Node's start 3.5 times as long, VS Code's empty panel as well).
 */
export function slowness(): number {
  const starts = [1, 2, 3].map(() => {
    const begun = performance.now();
    execFileSync(process.execPath, ["-e", "0"]);
    return (performance.now() - begun) / 1000;
  });
  return Math.max(1, Math.min(...starts) / reference);
}

/** A duration, and what the machine made of it. */
export interface Timing {
  readonly seconds: number;
  readonly slowness: number;
}

/** What it would have been on the reference machine. */
export const atReference = ({ seconds, slowness: times }: Timing): number => seconds / times;

/**
 * Seconds that a panel may take here, whose budget on the reference machine is given. Where VS Code's own panel leaves
 * too little of that, half of the budget comes on top of it: the other half is what VS Code takes on a quick machine.
 */
export const allowed = (budget: number, times: number, own: number): number =>
  Math.max(budget * times, own + (budget / 2) * times);

/** One measurement, with the machine's pace just before and just after; what is still at work then is waited for by `settle`. */
export async function timed(measure: () => Promise<number>, settle: () => Promise<unknown>): Promise<Timing> {
  const before = slowness();
  const seconds = await measure();
  await settle();
  return { seconds, slowness: (before + slowness()) / 2 };
}

export const said = (timing: Timing): string =>
  `${timing.seconds.toFixed(3)} s${timing.slowness > 1.1 ? ` on a machine ${timing.slowness.toFixed(1)} times as slow as the reference: ${atReference(timing).toFixed(3)} s there` : ""}`;
