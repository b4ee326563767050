import { AsyncLocalStorage } from "node:async_hooks";
import path from "node:path";
import { ChangedFile } from "./changed-file.ts";
import { absent, ageOf, stampAt } from "./stamp.ts";

/**
 * A change within the same tick of the file system's clock leaves no trace. A file that changed so recently is looked at again.
 */
const tickMs = 50;

/**
 * All files that something was read from, those that were looked for and not found included. As long as none of them changed, reading
 * them again would give the same.
 */
export class SeenFiles {
  readonly #stamps = new Map<string, string>();
  #mayHaveChanged = false;

  /** @throws ChangedFile if it was seen before as another file */
  note(file: string, stamp: string): void {
    const whole = path.resolve(file);
    const before = this.#stamps.get(whole);
    if (before !== undefined && before !== stamp) throw new ChangedFile(file);
    if (stamp !== absent && Math.abs(ageOf(stamp)) < tickMs) this.#mayHaveChanged = true;
    this.#stamps.set(whole, stamp);
  }

  /** One of the files that is no longer what it was. */
  changed(): string | undefined {
    return [...this.#stamps].find(([file, stamp]) => stampAt(file) !== stamp)?.[0];
  }

  /** Whether a file was so new when it was read that a later change could not be noticed. */
  get mayHaveChanged(): boolean {
    return this.#mayHaveChanged;
  }
}

const storage = new AsyncLocalStorage<SeenFiles | undefined>();

/** Runs something that reads files, and remembers every file that it sees, whichever part of it reads. */
export const seeFiles = <T>(seen: SeenFiles, run: () => T): T => storage.run(seen, run);

/** Runs something whose files do not count: what Glassbox itself keeps. */
export const unseen = <T>(run: () => T): T => storage.run(undefined, run);

/** Called by whatever reads or looks for a file. */
export const noteSeen = (file: string, stamp: string): void => storage.getStore()?.note(file, stamp);
