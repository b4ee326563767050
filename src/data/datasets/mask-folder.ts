import { createHash } from "node:crypto";
import path from "node:path";
import { isFolder } from "../../files/look.ts";
import { readWhole } from "../../files/read-whole.ts";
import { mostEntries, walkFilesNow } from "../../files/walk.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import type { Concept } from "../concepts/concepts.ts";
import { LeftOut } from "../concepts/left-out.ts";
import { sameFrame, sampleMask } from "../concepts/sample-mask.ts";
import { decodeImage } from "../image/decode.ts";
import type { Dataset } from "./dataset.ts";
import { grouped, maskedDataset, nameIn, readablePictures } from "./masked-pictures.ts";

const pictureEnding = /\.(png|jpe?g|webp)$/i;

/** Whether a folder has the folders `images` and `masks`. */
export const isMaskFolder = (folder: string): boolean =>
  ["images", "masks"].every((name) => isFolder(path.join(folder, name)));

/**
 * A folder of pictures, `images/<name>.jpg`, with one PNG per picture and concept: `masks/<concept>/<name>.png`, or
 * `masks/<category>/<concept>/<name>.png`. A pixel shows the concept if it is lighter than half. A mask may be smaller or
 * larger than its picture, but must have its shape.
 */
export function maskFolder(folder: string, mostBytes: number): Dataset {
  const leftOut = new LeftOut();
  const images = filesUnder(path.join(folder, "images"));
  const masks = filesUnder(path.join(folder, "masks")).filter((file) => /\.png$/i.test(file));
  if (images.length === 0 || masks.length === 0)
    throw new GlassboxError("input", `the folder ${images.length === 0 ? "images" : "masks"} is empty`, {
      where: folder,
      hint: "Put pictures into images/, and one PNG for each picture and concept into masks/<concept>/, with the picture's name.",
    });
  const found = masks.map((file) => {
    const [concept, category = "concept"] = path
      .relative(path.join(folder, "masks"), path.dirname(file))
      .split(path.sep)
      .filter(Boolean)
      .slice(-2)
      .reverse();
    return { file, concept, category, stem: path.parse(file).name };
  });
  const named = new Map<string, Concept>();
  for (const { concept, category, file } of found) {
    if (concept === undefined) leftOut.add("because the mask is in no concept's folder", nameIn(folder, file));
    else if (!named.has(concept)) named.set(concept, { name: concept, category });
  }
  const list = [...named.values()];
  const byStem = grouped(found, ({ stem }) => stem);
  const stems = new Set(images.map((file) => path.parse(file).name));
  for (const { stem, file } of found)
    if (!stems.has(stem)) leftOut.add("because no picture has the mask's name", nameIn(folder, file));
  const readable = readablePictures(images, folder, leftOut, mostBytes);
  const pictures = readable.map((picture) => {
    const own = byStem.get(path.parse(picture.file).name) ?? [];
    const concepts = own.flatMap(({ concept }) =>
      concept === undefined ? [] : list.findIndex(({ name }) => name === concept),
    );
    return { ...picture, own, concepts: [...new Set(concepts)] };
  });
  const masksHash = createHash("sha256");
  for (const { file } of found) masksHash.update(nameIn(folder, file)).update(readWhole(file, 1 << 30));
  return maskedDataset(
    {
      reference: folder,
      base: folder,
      list,
      pictures,
      masksHash: masksHash.digest("hex"),
      leftOut,
      bits: (row, points) => {
        const { own, width, height } = pictures[row]!;
        const bits = new Map<number, Uint32Array>();
        for (const { concept, file } of own) {
          if (concept === undefined) continue;
          try {
            const { image } = decodeImage(readWhole(file, 1 << 30), path.basename(file), mostBytes);
            if (!sameFrame(image, { width, height })) {
              leftOut.add("because the mask has another shape than its picture", nameIn(folder, file));
              continue;
            }
            const mask = sampleMask({ ...image, has: (pixel) => image.data[pixel * 3]! > 127 }, points);
            if (mask)
              bits.set(
                list.findIndex(({ name }) => name === concept),
                mask,
              );
          } catch {
            leftOut.add("because the mask cannot be read", nameIn(folder, file));
          }
        }
        return bits;
      },
    },
    readable.map(({ hash }) => hash),
    mostBytes,
  );
}

const filesUnder = (folder: string): readonly string[] =>
  walkFilesNow(folder, { most: mostEntries, deep: true })
    .files.filter((name) => pictureEnding.test(name))
    .map((name) => path.join(folder, name))
    .sort();
