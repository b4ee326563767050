import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { parseExperiment } from "../../experiment/parse.ts";
import { findInputs } from "./input-files.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-inputs-"));
after(() => fs.rmSync(folder, { recursive: true, force: true }));
for (const name of [
  "b.png",
  "a.png",
  "B.jpg",
  "a.mask.png",
  "notes.txt",
  "x.npy",
  "deep/c.png",
  "deep/er/d.webp",
  "odd [1].png",
]) {
  fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  fs.writeFileSync(path.join(folder, name), "");
}

const found = async (inputs: string) => {
  const { inputs: files, problems } = await findInputs(
    parseExperiment(`model: m\ninputs: ${inputs}\nanalyses: []\n`).experiment!,
    folder,
  );
  return { names: files.map(({ name }) => name), problems };
};

test("files, patterns and folders become inputs in one order, masks are none, and nothing comes twice", async () => {
  assert.deepEqual((await found("[b.png, '*.png']")).names, ["b.png", "a.png", "odd [1].png"]);
  assert.deepEqual((await found("['?.*']")).names, ["B.jpg", "a.png", "b.png", "x.npy"]);
  assert.deepEqual((await found("['**/*.png']")).names, ["a.png", "b.png", "deep/c.png", "odd [1].png"]);
  assert.deepEqual((await found("['deep/**']")).names, ["deep/c.png", "deep/er/d.webp"]);
  assert.deepEqual((await found("[{ folder: . }]")).names, ["B.jpg", "a.png", "b.png", "odd [1].png", "x.npy"]);
  assert.deepEqual((await found("[deep]")).names, ["deep/c.png"]);
  assert.deepEqual((await found("['*.mask.png']")).names, ["a.mask.png"]);
});

test("what is not there is said with what was probably meant", async () => {
  const [missing] = (await found("[deep/e.png]")).problems;
  assert.equal(missing!.code, "missing-file");
  assert.deepEqual(missing!.instead, ["deep/c.png"]);
  assert.match((await found("['*.gif']")).problems[0]!.message, /No file matches/);
  assert.match((await found("[{ folder: none }]")).problems[0]!.message, /no folder none/);
  assert.equal((await found("[{ file: a.png, mask: a.mask.pgn }]")).problems[0]!.instead[0], "a.mask.png");
});

test("paths to other machines are refused where an experiment names them, and nothing is looked at there", async () => {
  for (const inputs of [
    "['\\\\host\\share\\a.png']",
    "['//host/share/*.png']",
    "[{ folder: '//host/share' }]",
    "[{ file: 'file://host/a.png' }]",
    "[{ data: '//host/t.csv', label: y }]",
    "[{ file: a.png, mask: '//host/m.png' }]",
  ]) {
    const { problems } = await found(inputs);
    assert.equal(problems[0]?.code, "foreign-path", inputs);
    assert.match(problems[0]!.message, /names another machine/);
  }
});
