import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { areaOf, hasBit } from "../concepts/bits.ts";
import { cellCentres } from "../concepts/concepts.ts";
import { encodePng } from "../image/encode-png.ts";
import type { Dataset } from "./dataset.ts";
import { openDataset } from "./open.ts";

const root = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-concepts-"));
after(() => fs.rmSync(root, { recursive: true, force: true }));

function write(name: string, bytes: Uint8Array | string): string {
  const file = path.join(root, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, bytes);
  return file;
}

/** A PNG whose pixel (x, y) has this red and green. */
const png = (width: number, height: number, at: (x: number, y: number) => readonly [number, number]): Uint8Array =>
  encodePng(
    width,
    height,
    3,
    Uint8Array.from({ length: width * height * 3 }, (_, i) => {
      const pixel = Math.floor(i / 3);
      return i % 3 === 2 ? 0 : at(pixel % width, Math.floor(pixel / width))[i % 3]!;
    }),
  );
const plain = png(8, 6, (x) => [x * 20, 90]);
const leftHalf = png(8, 6, (x) => (x < 4 ? [255, 0] : [0, 0]));

const points = cellCentres(8, 6);
/** The names and areas of what a picture shows. */
const shown = ({ concepts }: Dataset, row: number) =>
  concepts!.masks(row, points).map(({ concept, bits }) => [concepts!.list[concept]!.name, areaOf(bits)]);

test("a folder of pictures with one PNG per concept; what does not fit is left out and said", () => {
  for (const name of ["a", "b"]) write(`folder/images/${name}.png`, plain);
  write("folder/images/broken.png", "no picture");
  write("folder/masks/part/head/a.png", leftHalf);
  write(
    "folder/masks/part/head/b.png",
    png(8, 8, () => [255, 0]),
  ); // another shape
  write(
    "folder/masks/part/tail/a.png",
    png(4, 3, (x, y) => (x === 3 && y === 2 ? [255, 0] : [0, 0])),
  ); // half the size
  write("folder/masks/object/dog/b.png", "no picture");
  write("folder/masks/object/dog/c.png", leftHalf);
  const data = openDataset(path.join(root, "folder"));
  assert.equal(data.count, 2);
  assert.deepEqual(data.concepts!.list.map(({ name, category }) => `${category}: ${name}`).sort(), [
    "object: dog",
    "part: head",
    "part: tail",
  ]);
  assert.deepEqual(Object.fromEntries(shown(data, 0)), { head: 24, tail: 4 });
  assert.deepEqual(shown(data, 1), []);
  const notes = data.concepts!.notes.join("\n");
  assert.match(notes, /1 left out, because the picture cannot be read: images\/broken\.png\./);
  assert.match(notes, /because the mask has another shape than its picture: masks\/part\/head\/b\.png\./);
  assert.match(notes, /because the mask cannot be read: masks\/object\/dog\/b\.png\./);
  assert.match(notes, /because no picture has the mask's name: masks\/object\/dog\/c\.png\./);
  assert.deepEqual([...data.labels.keys()].sort(), ["object", "part"]);
});

test("COCO's annotations: polygons, and run lengths as numbers and as text", () => {
  write("coco/images/a.png", plain);
  const annotation = (category: number, segmentation: unknown) => ({
    image_id: 1,
    category_id: category,
    segmentation,
  });
  const file = write(
    "coco/annotations.json",
    JSON.stringify({
      images: [
        { id: 1, file_name: "a.png" },
        { id: 2, file_name: "../../outside.png" },
      ],
      categories: ["square", "runs", "text", "bad"].map((name, id) => ({ id, name, supercategory: "shape" })),
      annotations: [
        annotation(0, [[1, 1, 5, 1, 5, 4, 1, 4]]),
        // The second column, from the first row to the fourth; columns have 6 pixels.
        annotation(1, { size: [6, 8], counts: [6, 4, 38] }),
        annotation(2, { size: [6, 8], counts: "64V1" }),
        annotation(3, { size: [6, 8], counts: [6, 4] }),
        annotation(3, [[1, 1, 2]]),
        annotation(9, []),
      ],
    }),
  );
  const data = openDataset(file);
  assert.deepEqual(shown(data, 0), [
    ["square", 12],
    ["runs", 4],
    ["text", 4],
  ]);
  const [square, runs, text] = data.concepts!.masks(0, points).map(({ bits }) => bits);
  assert.ok(hasBit(square!, 1 * 8 + 1) && hasBit(square!, 3 * 8 + 4) && !hasBit(square!, 4 * 8 + 4));
  assert.ok(hasBit(runs!, 1) && hasBit(runs!, 3 * 8 + 1) && !hasBit(runs!, 4 * 8 + 1));
  assert.deepEqual(text, runs);
  const notes = data.concepts!.notes.join("\n");
  assert.match(notes, /because its run lengths do not fill its size: bad in a\.png/);
  assert.match(notes, /because the annotation has no polygon of three corners: bad in a\.png/);
  assert.match(notes, /because the annotation names no category of the file: 9\./);
  assert.match(notes, /because the picture is missing/);
});

test("Broden's folder layout: whole pictures, masks of numbers, and a concept's primary category", () => {
  write("broden/images/p/a.jpg.png", plain);
  write(
    "broden/images/p/a_object.png",
    png(4, 3, (x) => (x < 2 ? [44, 1] : [2, 0])),
  );
  write("broden/category.csv", "name,first,last,count,frequency\nobject,1,300,2,2\nscene,3,3,1,1\n");
  write(
    "broden/label.csv",
    "number,name,category,frequency,conceptAreas,syn\n2,tree,object(4),4,1,\n3,street,scene(1),1,1,\n300,wheel,object(1);part(9),10,1,\n",
  );
  write(
    "broden/index.csv",
    "image,split,ih,iw,sh,sw,object,scene\np/a.jpg.png,train,6,8,3,4,p/a_object.png;p/none.png,3;7\n",
  );
  const data = openDataset(path.join(root, "broden"));
  assert.deepEqual(
    data.concepts!.list.map(({ name, category }) => [name, category]),
    [
      ["tree", "object"],
      ["street", "scene"],
      ["wheel", "part"],
    ],
  );
  assert.deepEqual(shown(data, 0), [
    ["tree", 24],
    ["street", 48],
    ["wheel", 24],
  ]);
  const notes = data.concepts!.notes.join("\n");
  assert.match(notes, /because the mask cannot be read: p\/none\.png/);
  assert.match(notes, /because label\.csv has no such number: 7/);
});

test("an empty folder, annotations that are none, and no readable picture are refused in a sentence", () => {
  fs.mkdirSync(path.join(root, "empty/images"), { recursive: true });
  fs.mkdirSync(path.join(root, "empty/masks"), { recursive: true });
  assert.throws(() => openDataset(path.join(root, "empty")), /the folder images is empty/);
  assert.throws(() => openDataset(write("x/not.json", "{")), /not\.json is not JSON/);
  assert.throws(() => openDataset(write("x/other.json", '{"images": 3}')), /has no list of images as COCO writes it/);
  write("bad/images/a.png", "no picture");
  write("bad/masks/head/a.png", leftHalf);
  assert.throws(() => openDataset(path.join(root, "bad")), /there is no readable picture with a mask/);
});
