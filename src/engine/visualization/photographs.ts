import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { GlassboxError } from "../../tensor/errors.ts";

const mostPictures = 200;
const samplePhotographs = ["chelsea.png", "coffee.png", "rocket.jpg"] as const;

/** Real pictures to compare with: those of a folder, in the order of their names, or the sample photographs. */
export function photographFiles(folder: string | undefined): readonly string[] {
  if (folder === undefined || folder === "") {
    const samples = sampleFolder();
    return samples === undefined
      ? []
      : samplePhotographs.map((name) => path.join(samples, name)).filter((file) => fs.existsSync(file));
  }
  if (!fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new GlassboxError("input", "there is no such folder of pictures", { where: folder });
  const found = fs
    .readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(png|jpe?g|webp)$/i.test(name) && !/\.mask\.png$/i.test(name));
  if (found.length === 0)
    throw new GlassboxError("input", "the folder holds no pictures", {
      where: folder,
      hint: "Pictures are .png, .jpg or .webp files.",
    });
  return found
    .sort()
    .slice(0, mostPictures)
    .map((name) => path.join(folder, name));
}

/** Beside the bundles, or two folders above the sources. */
function sampleFolder(): string | undefined {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const roots = [path.join(here, ".."), path.join(here, "..", "..", ".."), process.env.GLASSBOX_ROOT];
  return roots
    .flatMap((root) => (root === undefined ? [] : [path.join(root, "samples", "vision")]))
    .find((folder) => fs.existsSync(folder));
}
