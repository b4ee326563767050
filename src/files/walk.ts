import fs from "node:fs";
import path from "node:path";
import { GlassboxError } from "../tensor/errors.ts";
import { isFolder, isRegular } from "./look.ts";
import { holdsResults } from "./ours.ts";
import { systemFailure } from "./system-failure.ts";

export interface WalkSettings {
  /** More entries than this are refused; they are counted on the way. */
  readonly most: number;
  /** Whether subfolders are entered; never through links. */
  readonly deep: boolean;
  readonly cancelled?: (() => boolean) | undefined;
}

/** The engine's memory and a person's patience end before this. */
export const mostEntries = 1_000_000;
/** Deeper folders are not entered; paths would be longer than systems allow. */
const mostDepth = 64;
const entriesPerTurn = 1000;

export interface Walked {
  readonly files: readonly string[];
  /** Links to folders, which were not entered. */
  readonly linkedFolders: readonly string[];
}

/**
 * The regular files of a folder, as paths relative to it with forward slashes, in no order. A link to a file counts as that file. A
 * link to a folder is never entered: it may lead back up, and then the walk would have no end, or out of what the person
 * named. Results that Glassbox wrote are left out, so that a run does not take its own pictures for inputs.
 */
export async function walkFiles(folder: string, settings: WalkSettings): Promise<Walked> {
  const found: Mutable = { files: [], linkedFolders: [] };
  let seen = 0;
  for (const _ of walk(folder, settings, found))
    // Lets other questions be answered.
    if (++seen % entriesPerTurn === 0) await new Promise(setImmediate);
  return found;
}

/** The same at once, where nothing can wait; the token is looked at all the same. */
export function walkFilesNow(folder: string, settings: WalkSettings): Walked {
  const found: Mutable = { files: [], linkedFolders: [] };
  for (const _ of walk(folder, settings, found));
  return found;
}

interface Mutable {
  readonly files: string[];
  readonly linkedFolders: string[];
}

/** Yields after each entry. */
function* walk(root: string, { most, deep, cancelled }: WalkSettings, found: Mutable): Generator<void> {
  const waiting: { readonly name: string; readonly depth: number }[] = [{ name: "", depth: 0 }];
  let count = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const folder = path.join(root, next.name);
    if (next.name !== "" && holdsResults(folder)) continue;
    for (const entry of entriesOf(folder, next.name === "")) {
      if (++count > most)
        throw new GlassboxError("resource", `the folder has more than ${most} entries`, {
          where: root,
          hint: "Name a smaller folder.",
        });
      if (count % entriesPerTurn === 0 && cancelled?.()) throw new GlassboxError("cancelled", "the search was stopped");
      const name = next.name === "" ? entry.name : `${next.name}/${entry.name}`;
      yield;
      if (entry.isDirectory()) {
        if (deep && next.depth < mostDepth) waiting.push({ name, depth: next.depth + 1 });
        continue;
      }
      const file = path.join(folder, entry.name);
      if (entry.isFile() || (entry.isSymbolicLink() && isRegular(file))) found.files.push(name);
      else if (deep && entry.isSymbolicLink() && isFolder(file)) found.linkedFolders.push(name);
    }
  }
}

function* entriesOf(folder: string, isRoot: boolean): Generator<fs.Dirent> {
  let open: fs.Dir;
  try {
    open = fs.opendirSync(folder);
  } catch (error) {
    // A subfolder that may not be read holds nothing for us.
    if (!isRoot) return;
    throw systemFailure(error, "read", folder);
  }
  try {
    for (let entry = open.readSync(); entry !== null; entry = open.readSync()) yield entry;
  } finally {
    open.closeSync();
  }
}

export interface Listed {
  readonly name: string;
  readonly isFolder: boolean;
}

/** What lies in one folder, at most so many, sorted; none if it cannot be read. */
export function listFolder(folder: string, most: number): readonly Listed[] {
  const found: Listed[] = [];
  try {
    for (const entry of entriesOf(folder, true)) {
      found.push({ name: entry.name, isFolder: entry.isDirectory() });
      if (found.length === most) break;
    }
  } catch {
    return [];
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

export const namesIn = (folder: string, most: number): readonly string[] =>
  listFolder(folder, most).map(({ name }) => name);
