import { createHash } from "node:crypto";
import path from "node:path";
import { namedPath } from "../../files/local-path.ts";
import { exists } from "../../files/look.ts";
import { readText, readWhole } from "../../files/read-whole.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import type { Concept } from "../concepts/concepts.ts";
import { LeftOut } from "../concepts/left-out.ts";
import { sameFrame, sampleMask } from "../concepts/sample-mask.ts";
import { decodeImage } from "../image/decode.ts";
import type { Image } from "../image/image.ts";
import type { Dataset } from "./dataset.ts";
import { readDelimited, type Delimited } from "./delimited.ts";
import { maskedDataset, readablePictures } from "./masked-pictures.ts";

/** Whether a folder has the tables of Broden. */
export const isBroden = (folder: string): boolean =>
  ["index.csv", "label.csv", "category.csv"].every((name) => exists(path.join(folder, name)));

/**
 * The folder layout of Broden (Bau et al. 2017): `label.csv` numbers the concepts, `index.csv` has a row for each picture, and a
 * column for each category of `category.csv`. A cell lists, separated by `;`, numbers of concepts of the whole picture, and
 * masks in `images/`, whose pixels are numbers of concepts, red + 256 · green; 0 is background. A concept belongs to the
 * category in which it covers most, as `label.csv` says.
 */
export function brodenDataset(folder: string, mostBytes: number): Dataset {
  const leftOut = new LeftOut();
  const table = (name: string): Delimited => readDelimited(readText(path.join(folder, name), 1 << 29), name);
  const [index, labels] = [table("index.csv"), table("label.csv")];
  const categories = table("category.csv").rows.map(([name = ""]) => name.trim());
  const column = ({ columns }: Delimited, name: string, file: string): number => {
    const at = columns.indexOf(name);
    if (at < 0) throw new GlassboxError("input", `${file} has no column ${name}`, { where: folder });
    return at;
  };
  const [number, name, category] = ["number", "name", "category"].map((each) => column(labels, each, "label.csv"));
  const conceptOf = new Map<number, number>();
  const list: Concept[] = [];
  for (const row of labels.rows) {
    const id = Number(row[number!]);
    if (!Number.isInteger(id) || id < 1) continue;
    conceptOf.set(id, list.length);
    list.push({ name: row[name!]!.trim(), category: primaryCategory(row[category!]!) });
  }
  const image = column(index, "image", "index.csv");
  const columns = categories.flatMap((each) => {
    const at = index.columns.indexOf(each);
    return at < 0 ? [] : [at];
  });
  const base = path.join(folder, "images");
  const rowOf = new Map(
    index.rows.map((row) => [namedPath(base, row[image]!.trim(), path.join(folder, "index.csv")), row]),
  );
  const readable = readablePictures([...rowOf.keys()], folder, leftOut, mostBytes);
  const pictures = readable.map((picture) => {
    const cells = columns.flatMap((at) => rowOf.get(picture.file)![at]!.split(";")).map((cell) => cell.trim());
    const whole = cells.filter((cell) => /^\d+$/.test(cell)).map(Number);
    const masks = cells.filter((cell) => /\.png$/i.test(cell));
    const concepts = whole.flatMap((id) => conceptOf.get(id) ?? []);
    return { ...picture, whole, masks, concepts: [...new Set(concepts)] };
  });
  const masksHash = createHash("sha256").update(JSON.stringify([index, labels]));
  for (const { masks } of pictures)
    for (const mask of masks) {
      const file = path.join(base, mask);
      if (exists(file)) masksHash.update(mask).update(readWhole(file, 1 << 30));
    }
  const decoded = (mask: string): Image | undefined => {
    try {
      return decodeImage(readWhole(path.join(base, mask), 1 << 30), path.basename(mask), mostBytes).image;
    } catch {
      leftOut.add("because the mask cannot be read", mask);
      return undefined;
    }
  };
  return maskedDataset(
    {
      reference: folder,
      base,
      list,
      pictures,
      masksHash: masksHash.digest("hex"),
      leftOut,
      bits: (row, points) => {
        const { whole, masks, width, height } = pictures[row]!;
        const bits = new Map<number, Uint32Array>();
        const add = (id: number, mask: Uint32Array | undefined): void => {
          const concept = conceptOf.get(id);
          if (concept === undefined) leftOut.add("because label.csv has no such number", String(id));
          if (concept === undefined || mask === undefined) return;
          const before = bits.get(concept);
          if (before) mask.forEach((word, i) => (before[i] = before[i]! | word));
          else bits.set(concept, mask);
        };
        for (const id of whole) if (id > 0) add(id, sampleMask({ width, height, has: () => true }, points));
        for (const mask of masks) {
          const picture = decoded(mask);
          if (picture === undefined) continue;
          if (!sameFrame(picture, { width, height })) {
            leftOut.add("because the mask has another shape than its picture", mask);
            continue;
          }
          const { data } = picture;
          const idAt = (pixel: number): number => data[pixel * 3]! + 256 * data[pixel * 3 + 1]!;
          const ids = new Set<number>();
          for (let pixel = 0; pixel < picture.width * picture.height; pixel++) ids.add(idAt(pixel));
          for (const id of ids)
            if (id > 0) add(id, sampleMask({ ...picture, has: (pixel) => idAt(pixel) === id }, points));
        }
        return bits;
      },
    },
    readable.map(({ hash }) => hash),
    mostBytes,
  );
}

/** `part(12);object(3)`: the category in which a concept covers most, from how often it occurs in each. */
function primaryCategory(text: string): string {
  const found = [...text.matchAll(/([\w ]+?)\s*(?:\((\d+)\))?\s*(?:;|$)/g)].map(([, category, count]) => ({
    category: category!.trim(),
    count: Number(count ?? 0),
  }));
  return found.sort((a, b) => b.count - a.count)[0]?.category || "concept";
}
