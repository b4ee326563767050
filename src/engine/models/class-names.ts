import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export interface ClassNames {
  readonly names: readonly string[] | undefined;
  /** A description of where the names come from. */
  readonly source: string;
}

const defaultFiles = ["classes.txt", "labels.txt", "class_names.txt", "imagenet-classes.txt"];

/**
 * Names from the file that the sidecar names, from a file with a common name next to the model, or ImageNet's for 1000
 * classes.
 */
export function findClassNames(modelFile: string, count: number, named: string | undefined): ClassNames {
  const folder = path.dirname(modelFile);
  for (const file of named === undefined ? defaultFiles : [named]) {
    const names = readLines(path.join(folder, file));
    if (names?.length === count) return { names, source: `names from ${file}` };
  }
  const imageNet = count === 1000 || count === 1001 ? readLines(imageNetFile()) : undefined;
  if (imageNet)
    return {
      names: count === 1001 ? ["background", ...imageNet] : imageNet,
      source: `names of ImageNet-1k, taken because there are ${count} classes`,
    };
  return { names: undefined, source: "no names are known; put one per line into classes.txt next to the model" };
}

/** Shipped with the sample workspace; bundles and sources are one or two folders below the root. */
function imageNetFile(): string {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const roots = [path.join(here, ".."), path.join(here, "..", ".."), process.env.GLASSBOX_ROOT ?? here];
  const files = roots.map((root) => path.join(root, "samples", "vision", "imagenet-classes.txt"));
  return files.find((file) => fs.existsSync(file)) ?? files[0]!;
}

function readLines(file: string): string[] | undefined {
  if (!fs.existsSync(file)) return undefined;
  return fs
    .readFileSync(file, "utf8")
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean);
}
