import { createHash } from "node:crypto";
import path from "node:path";
import { removeOldest } from "../../files/kept-folder.ts";
import { makePrivate } from "../../files/private-folder.ts";
import { writeWhole } from "../../files/write-whole.ts";

/** Beyond this the pictures that were dropped longest ago go. */
const mostBytes = 512 << 20;

/**
 * Keeps a picture that was dropped on a panel, so that the engine can read it. Two pictures of one name are two files, and the same
 * picture again is the same file. @returns its path
 */
export function keepDropped(folder: string, name: string, bytes: Uint8Array): string {
  const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const { base, ext } = path.parse(path.basename(name));
  const file = path.join(
    folder,
    `${base.slice(0, base.length - ext.length).slice(0, 80)}-${digest}${ext.slice(0, 16)}`,
  );
  makePrivate(folder);
  removeOldest(folder, mostBytes - bytes.length, () => true);
  writeWhole(file, bytes, { mode: 0o600 });
  return file;
}
