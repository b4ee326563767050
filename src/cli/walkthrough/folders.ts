import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Walkthrough } from "../../protocol/walkthrough.ts";
import { nearest } from "../../tensor/nearest.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { bareWorkshop, overviewName, parseWalkthrough } from "../../walkthrough/parse.ts";

/** A walkthrough and where its files are. */
export interface Found {
  readonly folder: string;
  readonly walkthrough: Walkthrough;
}

/** The shipped walkthroughs, next to this bundle. */
const shipped = (): string => fileURLToPath(new URL("../walkthroughs", import.meta.url));

export function shippedWalkthroughs(): readonly Found[] {
  return fs
    .readdirSync(shipped())
    .sort()
    .filter((id) => fs.existsSync(path.join(shipped(), id, overviewName)))
    .map((id) => readFolder(path.join(shipped(), id)));
}

/** By its name, or the folder of one that a person is writing. */
export function findWalkthrough(word: string): Found {
  if (fs.existsSync(path.join(word, overviewName))) return readFolder(path.resolve(word));
  const ids = fs
    .readdirSync(shipped())
    .sort()
    .filter((id) => fs.existsSync(path.join(shipped(), id, overviewName)));
  if (ids.includes(word)) return readFolder(path.join(shipped(), word));
  const near = nearest(word, ids);
  throw new GlassboxError("option", `there is no walkthrough ${word}`, {
    hint: near
      ? `Did you mean ${near}?`
      : `The walkthroughs are: ${ids.join(", ")}; or give a folder with a ${overviewName}.`,
  });
}

function readFolder(folder: string): Found {
  const names = fs.readdirSync(folder).filter((name) => name.endsWith(".md"));
  const files = new Map(names.map((name) => [name, fs.readFileSync(path.join(folder, name), "utf8")]));
  return { folder, walkthrough: parseWalkthrough(path.basename(folder), files, bareWorkshop) };
}
