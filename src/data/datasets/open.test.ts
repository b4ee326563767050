import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { writeNpz } from "../../formats/numpy/npz.ts";
import { fromFloat64 } from "../../tensor/tensor.ts";
import { encodeImage } from "../image/encode-png.ts";
import { renderProcedural, sceneOf } from "../procedural/image-set.ts";
import { readDelimited } from "./delimited.ts";
import { labelOf, openDataset } from "./open.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-data-"));
process.on("exit", () => fs.rmSync(folder, { recursive: true, force: true }));
const write = (name: string, content: string | Uint8Array): string => {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
  return file;
};
const picture = (seed: number): Uint8Array =>
  encodeImage(renderProcedural({ seed, count: 1 }, 0, { width: 16, height: 16 }));
const fails = (attempt: () => unknown, sentence: RegExp): void =>
  void assert.throws(attempt, (error: Error) => error.name === "GlassboxError" && sentence.test(error.message));

test("a reference to the procedural set opens it, with exact labels", () => {
  const data = openDataset("procedural:60:4");
  assert.equal(data.count, 60);
  assert.deepEqual([...data.labels.keys()], ["shape", "colour", "quadrant", "size"]);
  assert.equal(labelOf(data, "colour").values[5], sceneOf({ seed: 4, count: 60 }, 5).hue);
  assert.notEqual(data.hash, openDataset("procedural:60:5").hash);
  assert.equal(openDataset("procedural").reference, "procedural:2000:0");
  fails(() => openDataset("procedural:ten"), /is not a valid procedural set/);
  fails(() => labelOf(data, "texture"), /Its labels are: shape/);
});

test("a folder's subfolders are its classes, equal files have equal content, and masks are not samples", () => {
  for (const [name, seed] of [
    ["cats/a.png", 1],
    ["cats/b.png", 2],
    ["dogs/a.png", 1],
    ["dogs/c.png", 3],
  ] as const)
    write(`pets/${name}`, picture(seed));
  write("pets/cats/a.mask.png", picture(4));
  const data = openDataset(path.join(folder, "pets"));
  assert.deepEqual(labelOf(data, undefined), {
    name: "class",
    classes: ["cats", "dogs"],
    values: Int32Array.of(0, 0, 1, 1),
  });
  assert.equal(data.nameOf(3), "dogs/c.png");
  assert.equal(data.contentOf[0], data.contentOf[2]);
  assert.notEqual(data.contentOf[0], data.contentOf[1]);
  assert.ok(data.samples.kind === "pictures" && data.samples.read(0, { width: 8, height: 8 }).width === 16);
  write("stray/a.png", picture(1));
  fails(() => openDataset(path.join(folder, "stray")), /is not in a class folder/);
});

test("train and test folders define the split", () => {
  for (const [name, seed] of [
    ["train/x/a.png", 1],
    ["train/y/b.png", 2],
    ["test/x/c.png", 3],
    ["test/y/d.png", 4],
  ] as const)
    write(`given/${name}`, picture(seed));
  const data = openDataset(path.join(folder, "given"));
  assert.deepEqual(labelOf(data, undefined).classes, ["x", "y"]);
  assert.deepEqual(data.givenSplit, { train: Int32Array.of(2, 3), test: Int32Array.of(0, 1) });
});

test("a table of features has labels, groups and a split", () => {
  const rows = Array.from(
    { length: 12 },
    (_, i) => `${i},${i * 2},${i % 2 ? "odd" : "even"},g${i >> 2},${i < 8 ? "train" : "test"}`,
  );
  const data = openDataset(write("table.csv", `one,two,parity,group,split\n${rows.join("\n")}\n`));
  assert.deepEqual([...data.labels.keys()], ["parity"]);
  assert.ok(data.samples.kind === "tensors");
  assert.deepEqual(data.samples.values.shape, [12, 2]);
  assert.deepEqual([...data.samples.values.data.subarray(2, 4)], [1, 2]);
  assert.deepEqual(
    [...data.groups!],
    rows.map((_, i) => i >> 2),
  );
  assert.equal(data.givenSplit!.test.length, 4);
});

test("a numeric column named as the label is the label", () => {
  const data = openDataset(
    write("y.tsv", `a\tlabel\n${Array.from({ length: 8 }, (_, i) => `${i / 3}\t${10 - (i % 2)}`).join("\n")}`),
  );
  assert.deepEqual(labelOf(data, "label").classes, ["9", "10"]);
});

test("a table of paths reads pictures relative to itself", () => {
  for (const seed of [1, 2, 3, 4]) write(`list/${seed}.png`, picture(seed));
  const data = openDataset(write("list/list.csv", `path,kind\n1.png,a\n2.png,a\n3.png,b\n4.png,b\n`));
  assert.equal(data.nameOf(2), "3.png");
  assert.deepEqual(labelOf(data, "kind").values, Int32Array.of(0, 0, 1, 1));
  fails(
    () => openDataset(write("list/missing.csv", "path,kind\n1.png,a\nnone.png,a\n3.png,b\n4.png,b\n")),
    /none\.png cannot be read/,
  );
});

test("an .npz archive of X and y", () => {
  const x = fromFloat64("float64", [4, 2], [1, 2, 3, 4, 1, 2, 5, 6]);
  const data = openDataset(
    write(
      "xy.npz",
      writeNpz(
        new Map([
          ["X", x],
          ["y", fromFloat64("int64", [4], [1, 0, 1, 0])],
        ]),
      ),
    ),
  );
  assert.deepEqual(labelOf(data, "y").values, Int32Array.of(1, 0, 1, 0));
  assert.equal(data.contentOf[0], data.contentOf[2]);
  fails(
    () =>
      openDataset(
        write(
          "bad.npz",
          writeNpz(
            new Map([
              ["X", x],
              ["y", fromFloat64("int64", [3], [1, 0, 1])],
            ]),
          ),
        ),
      ),
    /X has 4 rows/,
  );
});

test("quotes, doubled quotes, line ends within cells and empty cells follow RFC 4180", () => {
  const { columns, rows } = readDelimited('a,b\r\n"x, ""y""","1\n2"\r\n,z\r\n', "t.csv");
  assert.deepEqual(columns, ["a", "b"]);
  assert.deepEqual(rows, [
    ['x, "y"', "1\n2"],
    ["", "z"],
  ]);
  assert.deepEqual(readDelimited("a;b\n1;2,5\n", "t.csv").rows, [["1", "2,5"]]);
  assert.deepEqual(readDelimited("a,b\n1,\n", "t.csv").rows, [["1", ""]]);
  fails(() => readDelimited("a,b\n1\n", "t.csv"), /row 2 has 1 cells/);
  fails(() => readDelimited('a,b\n"1,2\n', "t.csv"), /is not closed/);
});

test("a table whose paths lead to another machine is refused, and nothing is looked at there", () => {
  for (const place of ["\\\\host\\share\\a.png", "//host/share/a.png", "file://host/a.png"])
    fails(
      () => openDataset(write("foreign.csv", `path,label\n${place},a\nb.png,b\nc.png,a\nd.png,b\n`)),
      /names another machine/,
    );
});
