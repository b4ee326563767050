import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { OutputFolder } from "./output-folder.ts";
import { walkFiles, walkFilesNow } from "./walk.ts";

const root = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-walk-"));
after(() => fs.rmSync(root, { recursive: true, force: true }));
for (const name of ["a.png", "deep/b.png", "deep/er/c.png"]) {
  fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  fs.writeFileSync(path.join(root, name), "");
}
fs.symlinkSync(".", path.join(root, "loop"));
fs.symlinkSync(".", path.join(root, "deep", "loop"));
fs.symlinkSync(path.join("deep", "b.png"), path.join(root, "link.png"));
const all = { most: 1000, deep: true };

test("each file once: links to files count, links to folders are named and not entered", async () => {
  const { files, linkedFolders } = await walkFiles(root, all);
  assert.deepEqual([...files].sort(), ["a.png", "deep/b.png", "deep/er/c.png", "link.png"]);
  assert.deepEqual([...linkedFolders].sort(), ["deep/loop", "loop"]);
  assert.deepEqual([...walkFilesNow(root, { ...all, deep: false }).files].sort(), ["a.png", "link.png"]);
});

test("entries are counted on the way, and the token is looked at", async () => {
  await assert.rejects(walkFiles(root, { ...all, most: 3 }), /more than 3 entries/);
  const wide = path.join(root, "wide");
  fs.mkdirSync(wide);
  for (let i = 0; i < 1100; i++) fs.writeFileSync(path.join(wide, `${i}.png`), "");
  await assert.rejects(walkFiles(wide, { most: 1e6, deep: true, cancelled: () => true }), { kind: "cancelled" });
  fs.rmSync(wide, { recursive: true });
});

test("answers that Glassbox wrote are no inputs; the pictures that it made are", async () => {
  new OutputFolder(path.join(root, "x.results"), { kind: "results" }).write("map.png", "");
  new OutputFolder(path.join(root, "made"), { kind: "files" }).write("0.png", "");
  const { files } = await walkFiles(root, all);
  assert.ok(files.includes("made/0.png"));
  assert.ok(!files.some((name) => name.startsWith("x.results")));
});
