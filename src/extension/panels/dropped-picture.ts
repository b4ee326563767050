import { createHash } from "node:crypto";
import path from "node:path";
import { removeOldest } from "../../files/kept-folder.ts";
import { readIfThere } from "../../files/read-whole.ts";
import { makePrivate } from "../../files/private-folder.ts";
import { writeWhole } from "../../files/write-whole.ts";

/** Beyond this the pictures that were dropped longest ago go. */
const mostBytes = 512 << 20;

/** The longest name that is kept, without its ending. */
const mostLetters = 80;

/**
 * Keeps a picture that was dropped on a panel under its own name, so that the engine can read it. Another picture of the
 * same name is another file, and the same picture again is the same file. @returns its path
 */
export function keepDropped(folder: string, name: string, bytes: Uint8Array): string {
  const digest = digestOf(bytes);
  const { name: base, ext } = path.parse(path.basename(name));
  const [stem, ending] = [base.slice(0, mostLetters), ext.slice(0, 16)];
  makePrivate(folder);
  const own = path.join(folder, `${stem}${ending}`);
  const file = isFree(own, digest) ? own : path.join(folder, `${stem}-${digest}${ending}`);
  removeOldest(folder, mostBytes - bytes.length, () => true);
  writeWhole(file, bytes, { mode: 0o600 });
  return file;
}

const digestOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex").slice(0, 12);

/** Whether no other picture has this name. */
function isFree(file: string, digest: string): boolean {
  const there = readIfThere(file, mostBytes);
  return there === undefined || digestOf(there) === digest;
}
