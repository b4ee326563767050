import path from "node:path";
import { fileURLToPath } from "node:url";
import { exists, isFolder } from "../../files/look.ts";
import { mostEntries, walkFilesNow } from "../../files/walk.ts";
import { GlassboxError } from "../../tensor/errors.ts";

/** Each picture costs one pass through the network per requested unit. */
export const maxPhotographs = 200;
const samplePhotographs = ["chelsea.png", "coffee.png", "rocket.jpg"] as const;

export interface Photographs {
  readonly files: readonly string[];
  /** The number of pictures found, evaluated or not. */
  readonly found: number;
}

/**
 * Real pictures to compare with: those of a folder, in the order of their names, or the sample photographs. If there
 * are too many, the selection is spread evenly over the sorted names, so that all subfolders are represented.
 */
export function photographFiles(folder: string | undefined): Photographs {
  if (folder === undefined || folder === "") {
    const samples = sampleFolder();
    const files =
      samples === undefined
        ? []
        : samplePhotographs.map((name) => path.join(samples, name)).filter((file) => exists(file));
    return { files, found: files.length };
  }
  if (!isFolder(folder)) throw new GlassboxError("input", "there is no such folder of pictures", { where: folder });
  const found = walkFilesNow(folder, { most: mostEntries, deep: true }).files.filter(
    (name) => /\.(png|jpe?g|webp)$/i.test(name) && !/\.mask\.png$/i.test(name),
  );
  if (found.length === 0)
    throw new GlassboxError("input", "the folder holds no pictures", {
      where: folder,
      hint: "Pictures are .png, .jpg or .webp files.",
    });
  found.sort();
  const count = Math.min(found.length, maxPhotographs);
  return {
    files: Array.from({ length: count }, (_, i) => path.join(folder, found[Math.floor((i * found.length) / count)]!)),
    found: found.length,
  };
}

/** The sample folder, next to the bundles or two folders above the sources. */
function sampleFolder(): string | undefined {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const roots = [path.join(here, ".."), path.join(here, "..", "..", ".."), process.env.GLASSBOX_ROOT];
  return roots
    .flatMap((root) => (root === undefined ? [] : [path.join(root, "samples", "vision")]))
    .find((folder) => exists(folder));
}
