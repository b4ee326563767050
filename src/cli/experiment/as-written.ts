import { GlassboxError, messageOf } from "../../tensor/errors.ts";
import type { Store } from "./store.ts";

/**
 * Reads a file of the results' folder. It was written by a run, but whoever keeps the folder may have changed it: what
 * cannot be read as a run writes it is said, with the file's name.
 */
export function asWritten<T>(store: Store, name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof GlassboxError) throw error;
    // The system's own errors are said elsewhere, e.g. that a file may not be read.
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    throw new GlassboxError("file", `${name} is not what a run writes: ${messageOf(error)}`, {
      where: store.folder,
      hint: "Remove it and run its part of the experiment again.",
    });
  }
}
