import fs from "node:fs";
import { noteSeen } from "./seen-files.ts";
import { absent, stampOfStat, statOf } from "./stamp.ts";

/** Whether something of this name is there. Links are followed. */
export const exists = (file: string): boolean => lookAt(file) !== undefined;

export const isFolder = (file: string): boolean => lookAt(file)?.isDirectory() ?? false;

export const isRegular = (file: string): boolean => lookAt(file)?.isFile() ?? false;

/** A folder's own entry changes with everything in it, so it is not remembered as seen. */
function lookAt(file: string): fs.BigIntStats | undefined {
  const stat = statOf(file);
  if (!stat?.isDirectory()) noteSeen(file, stat ? stampOfStat(stat) : absent);
  return stat;
}

/** Whether the name itself is a link, wherever it leads. */
export const isLink = (file: string): boolean =>
  fs.lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;

/** Bytes of a file; 0 if there is none. */
export const sizeOnDisk = (file: string): number => Number(statOf(file)?.size ?? 0);

/** The path without links; undefined if it leads nowhere. */
export function realPath(file: string): string | undefined {
  try {
    return fs.realpathSync(file);
  } catch {
    return undefined;
  }
}
