import path from "node:path";
import { fileURLToPath } from "node:url";
import { exists } from "../../files/look.ts";
import { readText } from "../../files/read-whole.ts";
import { namesIn } from "../../files/walk.ts";
import type { Walkthrough } from "../../protocol/walkthrough.ts";
import { nearest } from "../../tensor/nearest.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { bareWorkshop, overviewName, parseWalkthrough } from "../../walkthrough/parse.ts";

/** A walkthrough and where its files are. */
export interface Found {
  readonly folder: string;
  readonly walkthrough: Walkthrough;
}

const mostFiles = 1000;
const mostBytes = 16 << 20;

/** Those that ship, next to this bundle. */
const shipped = (): string => fileURLToPath(new URL("../walkthroughs", import.meta.url));

const shippedIds = (): readonly string[] =>
  namesIn(shipped(), mostFiles).filter((id) => exists(path.join(shipped(), id, overviewName)));

export function shippedWalkthroughs(): readonly Found[] {
  return shippedIds().map((id) => readFolder(path.join(shipped(), id)));
}

/** By its name, or the folder of one that a person is writing. */
export function findWalkthrough(word: string): Found {
  if (exists(path.join(word, overviewName))) return readFolder(path.resolve(word));
  const ids = shippedIds();
  if (ids.includes(word)) return readFolder(path.join(shipped(), word));
  const near = nearest(word, ids);
  throw new GlassboxError("option", `there is no walkthrough ${word}`, {
    hint: near
      ? `Did you mean ${near}?`
      : `The walkthroughs are: ${ids.join(", ")}; or give a folder with a ${overviewName}.`,
  });
}

function readFolder(folder: string): Found {
  const names = namesIn(folder, mostFiles).filter((name) => name.endsWith(".md"));
  const files = new Map(names.map((name) => [name, readText(path.join(folder, name), mostBytes)]));
  return { folder, walkthrough: parseWalkthrough(path.basename(folder), files, bareWorkshop) };
}
