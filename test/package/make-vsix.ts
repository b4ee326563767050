import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

/** The platform that the tests run on, in VS Code's names. */
export const TARGET = `${process.platform}-${process.arch}`;

/** Runs `npm run package` for this platform. Returns the VSIX, which is in `folder`. */
export function makeVsix(root: string, folder: string): string {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(root, "scripts/package/package.mjs"), "--out", folder, TARGET],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`No VSIX was made.\n${stdout}${stderr}`);
  const [file] = fs.readdirSync(folder).filter((name) => name.endsWith(`.vsix`));
  if (!file) throw new Error(`${folder} holds no VSIX.\n${stdout}${stderr}`);
  return path.join(folder, file);
}
