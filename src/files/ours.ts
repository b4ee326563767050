import fs from "node:fs";
import path from "node:path";
import { readIfThere, textOf } from "./read-whole.ts";

/**
 * A folder that Glassbox writes to has a file of this name. It lists what Glassbox wrote there, a name a line, so that nothing
 * else is ever written over. Where the folder was empty before, one line stands for everything in it. A line with `#` says whose
 * question the folder answers.
 */
const markName = ".glassbox";

const everything = "*";
/** The same, and what is in the folder are answers, which are never inputs. */
const results = "* results";
const mostBytes = 16 << 20;

/** Whether the folder holds answers of Glassbox. */
export const holdsResults = (folder: string): boolean => marks(folder).has(results);

export interface Ours {
  /** Whether everything in the folder is Glassbox's, the folders below included. */
  whole(): boolean;
  /** Whether a file that is there may be written over. */
  has(name: string): boolean;
  /** Remembers the name before the file is written. */
  add(name: string): void;
}

/** What is Glassbox's own in an existing folder. An empty folder becomes its own as a whole. */
export function oursIn(folder: string, kind: "results" | "files"): Ours {
  let names = marks(folder);
  const isWhole = (): boolean => names.has(everything) || names.has(results);
  if (!isWhole() && isEmpty(folder)) {
    appendMark(folder, kind === "results" ? results : everything);
    names = marks(folder);
  }
  return {
    whole: isWhole,
    has(name) {
      // Another process may have written it since.
      if (!isWhole() && !names.has(name)) names = marks(folder);
      return isWhole() || names.has(name);
    },
    add(name) {
      if (isWhole() || names.has(name)) return;
      appendMark(folder, name);
      names.add(name);
    },
  };
}

/** The lines of the folder's mark. */
export function marks(folder: string): Set<string> {
  const file = path.join(folder, markName);
  // Not through a link: a checkout could otherwise claim any file for Glassbox.
  if (!fs.lstatSync(file, { throwIfNoEntry: false })?.isFile()) return new Set();
  return new Set(
    textOf(readIfThere(file, mostBytes) ?? new Uint8Array())
      .split("\n")
      .filter(Boolean),
  );
}

/** Lines are short, so that the system writes each at once, also where several processes write. */
export function appendMark(folder: string, line: string): void {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW = 0 } = fs.constants;
  const descriptor = fs.openSync(path.join(folder, markName), O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o644);
  try {
    fs.writeSync(descriptor, `${line}\n`);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Nothing is in it but the mark, which another process may just be writing. */
function isEmpty(folder: string): boolean {
  const open = fs.opendirSync(folder);
  try {
    for (let entry = open.readSync(); entry !== null; entry = open.readSync())
      if (entry.name !== markName && !entry.name.startsWith(`${markName}-`)) return false;
    return true;
  } finally {
    open.closeSync();
  }
}
