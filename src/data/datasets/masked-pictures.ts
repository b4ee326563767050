import { createHash } from "node:crypto";
import path from "node:path";
import { readWhole } from "../../files/read-whole.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import type { Concept, Concepts, SamplePoints } from "../concepts/concepts.ts";
import type { LeftOut } from "../concepts/left-out.ts";
import { decodeImage } from "../image/decode.ts";
import type { Size } from "../image/image.ts";
import { labelColumn, type Dataset } from "./dataset.ts";

/** A picture with the names of the concepts that it shows, as far as they are known without reading masks. */
export interface MaskedPicture extends Size {
  readonly file: string;
  readonly concepts: readonly number[];
}

export interface MaskedPictures {
  readonly reference: string;
  readonly base: string;
  readonly list: readonly Concept[];
  readonly pictures: readonly MaskedPicture[];
  /** What the masks depend on besides the pictures, for the hash. */
  readonly masksHash: string;
  readonly leftOut: LeftOut;
  bits(row: number, points: SamplePoints): ReadonlyMap<number, Uint32Array>;
}

const mostPictures = 100_000;

/** Opens the pictures of a source of concepts. Those that cannot be read are left out, and the rest goes on. */
export function readablePictures(
  files: readonly string[],
  base: string,
  leftOut: LeftOut,
  mostBytes: number,
): readonly (Size & { readonly file: string; readonly hash: string })[] {
  if (files.length > mostPictures)
    throw new GlassboxError("resource", `there are ${files.length} pictures`, {
      where: base,
      hint: `The limit is ${mostPictures}.`,
    });
  return files.flatMap((file) => {
    try {
      const bytes = readWhole(file, 1 << 30);
      const { width, height } = decodeImage(bytes, path.basename(file), mostBytes).image;
      return [{ file, width, height, hash: createHash("sha256").update(bytes).digest("hex") }];
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
      leftOut.add(
        missing ? "because the picture is missing" : "because the picture cannot be read",
        nameIn(base, file),
      );
      return [];
    }
  });
}

export function grouped<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const own = groups.get(key);
    if (own) own.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

export const nameIn = (base: string, file: string): string => path.relative(base, file).split(path.sep).join("/");

/** A dataset of pictures with masks. Its labels say which concept of each category a picture shows. */
export function maskedDataset(
  { reference, base, list, pictures, masksHash, leftOut, bits }: MaskedPictures,
  hashes: readonly string[],
  mostBytes: number,
): Dataset {
  if (pictures.length === 0)
    throw new GlassboxError("input", "there is no readable picture with a mask", {
      where: reference,
      hint: leftOut.sentences.join(" ") || "The folder is empty.",
    });
  const concepts: Concepts = {
    list,
    masks: (row, points) =>
      [...bits(row, points)].sort(([a], [b]) => a - b).map(([concept, mask]) => ({ concept, bits: mask })),
    get notes() {
      return leftOut.sentences;
    },
  };
  const categories = [...new Set(list.map(({ category }) => category))];
  const labels = categories.map((category) =>
    labelColumn(
      category,
      pictures.map(({ concepts: shown }) => {
        const own = shown.filter((concept) => list[concept]!.category === category);
        return own.length === 0 ? "none" : own.length > 1 ? "several" : list[own[0]!]!.name;
      }),
    ),
  );
  const title = path.basename(reference);
  return {
    reference,
    title,
    description: `${pictures.length} pictures with masks of ${list.length} concepts in ${categories.length} ${categories.length === 1 ? "category" : "categories"}.`,
    hash: createHash("sha256")
      .update(JSON.stringify([hashes, masksHash, list]))
      .digest("hex"),
    count: pictures.length,
    labels: new Map(labels.map((label) => [label.name, label])),
    concepts,
    samples: {
      kind: "pictures",
      anySize: false,
      read: (row) =>
        decodeImage(readWhole(pictures[row]!.file, 1 << 30), path.basename(pictures[row]!.file), mostBytes).image,
    },
    nameOf: (row) => nameIn(base, pictures[row]!.file),
    contentOf: hashes,
    groups: undefined,
    givenSplit: undefined,
  };
}
