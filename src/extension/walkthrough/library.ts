import fs from "node:fs";
import path from "node:path";
import type { Walkthrough } from "../../protocol/walkthrough.ts";

/** The walkthroughs that ship, as the build rendered them. */
export function shippedWalkthroughs(extensionPath: string): readonly Walkthrough[] {
  const folder = path.join(extensionPath, "dist", "walkthroughs");
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => JSON.parse(fs.readFileSync(path.join(folder, name), "utf8")) as Walkthrough);
}

/** Where the files are that its blocks name. */
export const folderOf = (extensionPath: string, id: string): string => path.join(extensionPath, "walkthroughs", id);
