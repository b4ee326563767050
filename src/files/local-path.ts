import path from "node:path";
import { GlassboxError } from "../tensor/errors.ts";

/**
 * Whether a path that a file names is on this machine. On Windows a look at `\\host\share` already signs in at a stranger's
 * server, `\\.\` and `\\?\` name devices, and `file://host` is another spelling of the first. A file can be anyone's, so such
 * paths are never looked at.
 */
export const isLocalPath = (name: string): boolean => !/^([\\/]{2}|file:)/i.test(name.trim()) && !name.includes("\0");

/** Why a path is not looked at, as a sentence. */
export const foreignPath = (name: string): string =>
  `${name} names another machine, a device or a URL, and Glassbox reads files of this machine only.`;

/**
 * The whole path of what a file names, relative to its folder.
 * @param where the file that names it
 * @throws GlassboxError if the name leads to another machine or to a device
 */
export function namedPath(folder: string, name: string, where: string): string {
  if (isLocalPath(name)) return path.resolve(folder, name);
  throw new GlassboxError("input", foreignPath(name), {
    where,
    hint: "Copy the file to this machine and name it relative to this folder.",
  });
}
