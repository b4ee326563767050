import fs from "node:fs";
import path from "node:path";
import { GlassboxError } from "../tensor/errors.ts";

/**
 * Makes a folder, and those above it up to `within`, which the person named or is in and which may be a link. The others must be real:
 * a checkout may hold links that lead anywhere.
 */
export function makeRealFolders(folder: string, within: string): void {
  fs.mkdirSync(within, { recursive: true });
  let at = within;
  for (const part of path.relative(within, folder).split(path.sep).filter(Boolean)) {
    at = path.join(at, part);
    const there = fs.lstatSync(at, { throwIfNoEntry: false });
    if (there === undefined) fs.mkdirSync(at, { recursive: true });
    else if (!there.isDirectory()) throw notFolder(at, there.isSymbolicLink());
  }
}

const notFolder = (folder: string, isLink: boolean): GlassboxError =>
  new GlassboxError(
    "file",
    `${path.basename(folder)} is ${isLink ? "a link" : "a file"}, so nothing is written into it`,
    {
      where: folder,
      hint: isLink
        ? "Links may lead anywhere. Remove it, or name the folder that it leads to with --out."
        : "Name another folder with --out.",
    },
  );
