import path from "node:path";
import { readText } from "../../files/read-whole.ts";
import { namesIn } from "../../files/walk.ts";
import type { Walkthrough } from "../../protocol/walkthrough.ts";

const mostFiles = 1000;
const mostBytes = 64 << 20;

/** The walkthroughs that ship, as the build rendered them. */
export function shippedWalkthroughs(extensionPath: string): readonly Walkthrough[] {
  const folder = path.join(extensionPath, "dist", "walkthroughs");
  return namesIn(folder, mostFiles)
    .filter((name) => name.endsWith(".json"))
    .map((name) => JSON.parse(readText(path.join(folder, name), mostBytes)) as Walkthrough);
}

/** Where the files are that its blocks name. */
export const folderOf = (extensionPath: string, id: string): string => path.join(extensionPath, "walkthroughs", id);
