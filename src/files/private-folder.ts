import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { messageOf } from "../tensor/errors.ts";
import { removeLeftovers, temporaryIn } from "./temporary.ts";

export interface PrivateFolder {
  readonly folder: string;
  /** A sentence for the person if it is not the folder that was wanted. */
  readonly note: string | undefined;
}

const remedy = "Choose another with GLASSBOX_CACHE.";

/** Nobody else may list it, read it or write into it. */
const ownOnly = 0o700;

/**
 * The folder for what Glassbox keeps between runs, if it can be written to; else a folder of this person's in the system's temporary
 * folder; else one that only this process uses.
 */
export function privateFolder(wanted: string): PrivateFolder {
  const problem = wanted === "" ? "there is no home folder" : whyUnusable(wanted);
  if (problem === undefined) return { folder: wanted, note: undefined };
  const shared = path.join(os.tmpdir(), `glassbox-${process.getuid?.() ?? "user"}`);
  const folder = isOwn(shared) && whyUnusable(shared) === undefined ? shared : onlyForThisProcess();
  const why = `The cache folder ${wanted && `${wanted} `}cannot be used (${problem})`;
  return folder === undefined
    ? {
        folder: wanted || shared,
        note: `${why}, nor can a temporary one: nothing is kept, and weights stay in memory. ${remedy}`,
      }
    : { folder, note: `${why}, so ${folder} is used instead, which may be emptied at any time. ${remedy}` };
}

/** Makes a folder that only this person may enter. */
export const makePrivate = (folder: string): void => void fs.mkdirSync(folder, { recursive: true, mode: ownOnly });

/** Tries a file, because permissions do not tell of a read-only or a full disk. */
function whyUnusable(folder: string): string | undefined {
  try {
    makePrivate(folder);
    removeLeftovers([folder]);
    const trial = temporaryIn(folder);
    fs.writeFileSync(trial, "", { flag: "wx", mode: 0o600 });
    fs.rmSync(trial, { force: true });
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? messageOf(error);
  }
}

/** Everybody may write into the system's temporary folder: somebody else's folder, or a link, is not used. */
function isOwn(folder: string): boolean {
  const stat = fs.lstatSync(folder, { throwIfNoEntry: false });
  if (stat === undefined) return true;
  const uid = process.getuid?.();
  return stat.isDirectory() && (uid === undefined || (stat.uid === uid && (stat.mode & 0o077) === 0));
}

function onlyForThisProcess(): string | undefined {
  try {
    return fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-"));
  } catch {
    return undefined;
  }
}
