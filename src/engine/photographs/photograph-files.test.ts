import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { certify } from "../../methods/visualization/certificate.ts";
import { maxPhotographs, photographFiles } from "./photograph-files.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-photographs-"));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

test("of a large folder as many as are looked at are spread over all of it, and the rest is said", () => {
  for (const name of ["cats", "dogs", "newts"]) {
    fs.mkdirSync(path.join(folder, name));
    for (let i = 0; i < 150; i++) fs.writeFileSync(path.join(folder, name, `${i}.png`), "");
  }
  const { files, found } = photographFiles(folder);
  assert.deepEqual([found, files.length, new Set(files).size], [450, maxPhotographs, maxPhotographs]);
  for (const name of ["cats", "dogs", "newts"])
    assert.ok(Math.abs(files.filter((file) => file.includes(name)).length - maxPhotographs / 3) <= 1);
  const { sentence } = certify(
    [{ activation: 3, underTransforms: [2] }],
    files.map(() => 1),
    found,
  ).find(({ id }) => id === "photographs")!;
  assert.match(sentence, /than every one of 200 real pictures .* 250 of the folder's 450 pictures were not used/);
});

test("of a small folder all are looked at, in the order of their names", () => {
  const small = path.join(folder, "cats");
  const { files, found } = photographFiles(small);
  assert.equal(found, 150);
  assert.deepEqual(files, [...files].sort());
  assert.equal(files.length, 150);
});
