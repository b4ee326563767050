import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

/** No process number: in containers every process is number 7, and another machine's numbers say nothing here. */
const pattern = /^\.glassbox-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.(?:tmp|onnx)$/;

/** A file that takes longer to be written than this was left by a process that was ended. */
const leftAfterMs = 3_600_000;

/** A name of its own for a file that is being written, in the folder that it will stay in. */
export const temporaryIn = (folder: string, ending: "tmp" | "onnx" = "tmp"): string =>
  path.join(folder, `.glassbox-${randomUUID()}.${ending}`);

/**
 * Removes what ended processes left half written in these folders: only names of ours, only files, nothing through links, and only
 * what is older than an hour.
 */
export function removeLeftovers(folders: readonly string[], now = Date.now()): void {
  for (const folder of folders) {
    if (!fs.lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) continue;
    for (const name of namesOfOurs(folder)) {
      const file = path.join(folder, name);
      const stat = fs.lstatSync(file, { throwIfNoEntry: false });
      if (!stat?.isFile() || now - stat.mtimeMs < leftAfterMs) continue;
      fs.rmSync(file, { force: true });
    }
  }
}

/** The file is there, for this process only, while it is used. */
export async function withTemporaryFile<T>(
  file: string,
  contents: Uint8Array,
  use: (file: string) => Promise<T>,
): Promise<T> {
  try {
    fs.writeFileSync(file, contents, { flag: "wx", mode: 0o600 });
    return await use(file);
  } finally {
    fs.rmSync(file, { force: true });
  }
}

function namesOfOurs(folder: string): readonly string[] {
  try {
    return fs.readdirSync(folder).filter((name) => pattern.test(name));
  } catch {
    return [];
  }
}
