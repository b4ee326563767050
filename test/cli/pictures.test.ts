import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { openDataset } from "../../src/data/datasets/open.ts";
import { decodePng } from "../../src/data/image/decode-png.ts";
import { GlassboxProcess } from "./glassbox-process.ts";

const glassbox = new GlassboxProcess();
before(() => glassbox.build());
after(() => glassbox.end());

test("procedural pictures are written with exact masks and a table that probes read", () => {
  const folder = glassbox.path("pictures");
  const { code, out, err } = glassbox.run("pictures", "procedural:50:4", "--out", folder, "--side", "64");
  assert.equal(code, 0, err);
  assert.match(out, /50 pictures with masks, and .*labels\.csv\.\n {2}glassbox probe <model> --data .*labels\.csv\n$/);
  const [made, read] = [openDataset("procedural:50:4"), openDataset(path.join(folder, "labels.csv"))];
  assert.equal(read.count, 50);
  const words = ({ labels }: typeof made, name: string): string[] =>
    Array.from(labels.get(name)!.values, (value) => labels.get(name)!.classes[value]!);
  for (const name of made.labels.keys()) assert.deepEqual(words(read, name), words(made, name), name);
  const pictures = (of: typeof made) => of.samples.kind === "pictures" && of.samples.read(7, { width: 64, height: 64 });
  assert.deepEqual(pictures(read), pictures(made));

  const mask = decodePng(fs.readFileSync(path.join(folder, "07.mask.png")), "mask").image.data;
  const { data } = decodePng(fs.readFileSync(path.join(folder, "07.png")), "picture").image;
  const inside = Array.from({ length: 64 * 64 }, (_, pixel) => pixel).filter((pixel) => mask[3 * pixel] === 255);
  assert.ok(inside.length > 50 && inside.length < 2000, `${inside.length} pixels`);
  const first = data.slice(3 * inside[0]!, 3 * inside[0]! + 3);
  assert.ok(
    inside.every((pixel) => [0, 1, 2].every((c) => data[3 * pixel + c] === first[c])),
    "one colour under the mask",
  );
});

test("what describes no pictures is refused in words", () => {
  for (const [args, sentence] of [
    [["photographs", "--out", "x"], /is not a valid procedural set/],
    [["procedural:50:0"], /--out is missing/],
    [["procedural:50:0", "--out", "x", "--side", "7"], /--side is 7/],
  ] as const) {
    const { code, err } = glassbox.run("pictures", ...args);
    assert.equal(code, 2);
    assert.match(err, sentence);
  }
});
