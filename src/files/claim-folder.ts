import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { appendMark, marks } from "./ours.ts";
import { makeRealFolders } from "./real-folders.ts";
import { systemFailure } from "./system-failure.ts";

/** File systems refuse longer names; a number may follow. */
const longestName = 120;

/**
 * A folder for the answer to one question: `name`, or `name-2` and so on where another question has that one. The same question gets
 * the same folder again.
 * @param question everything that sets it apart, such as the whole paths of its files
 */
export function claimFolder(parent: string, name: string, question: unknown, within: string): string {
  const line = `# ${createHash("sha256").update(JSON.stringify(question)).digest("hex")}`;
  const short = name.slice(0, longestName);
  try {
    makeRealFolders(path.resolve(parent), path.resolve(within));
    for (let number = 1; ; number++) {
      const folder = path.join(parent, number === 1 ? short : `${short}-${number}`);
      if (marks(folder).has(line) || isNew(folder, line)) return folder;
    }
  } catch (error) {
    throw systemFailure(error, "written", parent);
  }
}

/** Makes the folder if nothing is there; of two processes, one makes it. */
function isNew(folder: string, line: string): boolean {
  try {
    fs.mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
  appendMark(folder, line);
  return true;
}
