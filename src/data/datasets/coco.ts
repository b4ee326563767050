import { createHash } from "node:crypto";
import path from "node:path";
import { exists } from "../../files/look.ts";
import { readWhole, textOf } from "../../files/read-whole.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import type { Concept } from "../concepts/concepts.ts";
import { LeftOut } from "../concepts/left-out.ts";
import { sameFrame, sampleMask, type PixelMask } from "../concepts/sample-mask.ts";
import { runLengthMask, polygonsMask } from "../concepts/segmentation.ts";
import type { Dataset } from "./dataset.ts";
import { grouped, maskedDataset, readablePictures } from "./masked-pictures.ts";

const longestFile = 1 << 29;

interface CocoImage {
  readonly id: number | string;
  readonly file_name: string;
}

interface CocoAnnotation {
  readonly image_id: number | string;
  readonly category_id: number | string;
  readonly segmentation: unknown;
}

interface CocoCategory {
  readonly id: number | string;
  readonly name: string;
  readonly supercategory?: string;
}

/**
 * Annotations in COCO's JSON: `images`, `categories` and `annotations` whose `segmentation` is a list of polygons, or run
 * lengths (as numbers, or in COCO's text form) with their `size`. Pictures lie next to the file, or in `images/`.
 */
export function cocoDataset(file: string, mostBytes: number): Dataset {
  const folder = path.dirname(file);
  const { images, annotations, categories, hash } = read(file);
  const leftOut = new LeftOut();
  const list = categories.map(({ name, supercategory }): Concept => ({ name, category: supercategory || "concept" }));
  const conceptOf = new Map(categories.map(({ id }, i) => [String(id), i]));
  const own = grouped(annotations, ({ image_id }) => String(image_id));
  const known = new Set(images.map(({ id }) => String(id)));
  for (const { image_id, category_id } of annotations) {
    if (!known.has(String(image_id)))
      leftOut.add("because the annotation names no picture of the file", String(image_id));
    if (!conceptOf.has(String(category_id)))
      leftOut.add("because the annotation names no category of the file", String(category_id));
  }
  const placed = images.map(({ id, file_name }) => ({ id: String(id), file: locate(folder, file_name) }));
  const idOf = new Map(placed.map(({ id, file: at }) => [at, id]));
  const readable = readablePictures([...idOf.keys()], folder, leftOut, mostBytes);
  const pictures = readable.map((picture) => {
    const annotated = own.get(idOf.get(picture.file)!) ?? [];
    const concepts = annotated.flatMap(({ category_id }) => conceptOf.get(String(category_id)) ?? []);
    return { ...picture, annotated, concepts: [...new Set(concepts)] };
  });
  return maskedDataset(
    {
      reference: file,
      base: folder,
      list,
      pictures,
      masksHash: hash,
      leftOut,
      bits: (row, points) => {
        const { annotated, width, height, file: at } = pictures[row]!;
        const bits = new Map<number, Uint32Array>();
        for (const { category_id, segmentation } of annotated) {
          const concept = conceptOf.get(String(category_id));
          if (concept === undefined) continue;
          const mask = maskOf(segmentation, width, height);
          if (typeof mask === "string" || !sameFrame(mask, { width, height })) {
            leftOut.add(
              typeof mask === "string" ? mask : "because the mask has another shape than its picture",
              `${list[concept]!.name} in ${path.basename(at)}`,
            );
            continue;
          }
          const sampled = sampleMask(mask, points);
          if (sampled === undefined) continue;
          const before = bits.get(concept);
          if (before) sampled.forEach((word, i) => (before[i] = before[i]! | word));
          else bits.set(concept, sampled);
        }
        return bits;
      },
    },
    readable.map(({ hash: content }) => content),
    mostBytes,
  );
}

/** A mask, or the reason why there is none. */
function maskOf(segmentation: unknown, width: number, height: number): PixelMask | string {
  if (Array.isArray(segmentation)) {
    const polygons = segmentation.filter(
      (each): each is number[] =>
        Array.isArray(each) &&
        each.length >= 6 &&
        each.length % 2 === 0 &&
        each.every((value) => Number.isFinite(value)),
    );
    if (polygons.length === 0) return "because the annotation has no polygon of three corners";
    return polygonsMask(polygons, width, height);
  }
  const { size, counts } = (segmentation ?? {}) as { readonly size?: unknown; readonly counts?: unknown };
  return runLengthMask(size, counts) ?? "because its run lengths do not fill its size";
}

/** Where a picture is: next to the file, or in `images/`. A name that leads out of the folder is not followed. */
function locate(folder: string, name: string): string {
  const places = [path.resolve(folder, name), path.resolve(folder, "images", name)];
  const inside = places.filter((place) => {
    const relative = path.relative(folder, place);
    // On another drive or machine of Windows, the relative path is absolute.
    return !relative.startsWith("..") && !path.isAbsolute(relative);
  });
  return inside.find((place) => exists(place)) ?? inside[0] ?? path.join(folder, path.basename(name));
}

function read(file: string) {
  const bytes = readWhole(file, longestFile);
  if (bytes.length > longestFile)
    throw new GlassboxError("resource", "the annotations are larger than 512 MB", { where: file });
  let parsed: Readonly<Record<string, unknown>>;
  try {
    parsed = JSON.parse(textOf(bytes)) as typeof parsed;
  } catch {
    throw new GlassboxError("file", `${path.basename(file)} is not JSON`, { where: file });
  }
  const listOf = <T>(name: string, fits: (each: T) => boolean): readonly T[] => {
    const list = parsed?.[name];
    if (!Array.isArray(list) || !list.every((each) => typeof each === "object" && each !== null && fits(each as T)))
      throw new GlassboxError("input", `${path.basename(file)} has no list of ${name} as COCO writes it`, {
        where: file,
        hint: "It needs images (id, file_name), categories (id, name) and annotations (image_id, category_id, segmentation).",
      });
    return list as readonly T[];
  };
  const isId = (id: unknown): boolean => typeof id === "number" || typeof id === "string";
  return {
    images: listOf<CocoImage>("images", ({ id, file_name }) => isId(id) && typeof file_name === "string"),
    annotations: listOf<CocoAnnotation>("annotations", (each) => isId(each.image_id) && isId(each.category_id)),
    categories: listOf<CocoCategory>("categories", ({ id, name }) => isId(id) && typeof name === "string"),
    hash: createHash("sha256").update(bytes).digest("hex"),
  };
}
