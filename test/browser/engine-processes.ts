import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Engine processes that work with this cache folder: those of this test alone. */
export function enginesOf(cache: string): number[] {
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return (
          fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("engine.mjs") &&
          fs.readFileSync(`/proc/${pid}/environ`, "utf8").includes(cache)
        );
      } catch {
        return false;
      }
    });
}

/** Ends the engine as a crash would, and waits until it is gone. */
export async function crashEngine(cache: string): Promise<void> {
  for (const pid of enginesOf(cache)) process.kill(pid, "SIGKILL");
  while (enginesOf(cache).length) await sleep(20);
}
