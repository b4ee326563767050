import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { GlassboxProcess, sampleModel } from "./glassbox-process.ts";

const glassbox = new GlassboxProcess();
before(() => glassbox.build());
after(() => fs.rmSync(glassbox.folder, { recursive: true, force: true }));
const short = ["--size", "32", "--steps", "12"];

test("a unit's picture and its proof are written, and the printed command makes the same bytes", () => {
  const { code, out } = glassbox.run(
    "visualize",
    sampleModel,
    "--unit",
    "_blocks.4:19",
    ...short,
    "--out",
    glassbox.path("one"),
  );
  assert.equal(code, 0);
  assert.match(
    out,
    /channel\("_blocks\.4", 19\)\n {2}· activation, .*\n {2}. .*against real pictures.*\n {2}. .*kept under transforms/,
  );
  const png = fs.readFileSync(glassbox.path("one", "channel-_blocks.4-19.png"));
  const document = JSON.parse(fs.readFileSync(glassbox.path("one", "channel-_blocks.4-19.json"), "utf8")) as {
    code: { cli: string };
    provenance: { options: { steps: number } };
  };
  assert.equal(document.provenance.options.steps, 12);
  fs.rmSync(glassbox.path("cache"), { recursive: true, force: true });
  assert.equal(glassbox.runLine(`${document.code.cli} --out ${glassbox.path("two")}`).code, 0);
  assert.deepEqual(fs.readFileSync(path.join(glassbox.path("two"), "channel-_blocks.4-19.png")), png);
});

test("Ctrl+C stops, and the same line goes on to the end", async () => {
  const line = [
    "visualize",
    sampleModel,
    "--unit",
    "_blocks.4:5",
    "--size",
    "32",
    "--steps",
    "400",
    "--out",
    glassbox.path("three"),
  ];
  const stopped = await glassbox.interrupt(/Growing/, ...line);
  assert.equal(stopped.code, 130);
  assert.match(stopped.err, /ask again to go on/);
  const { code, err } = glassbox.run(...line);
  assert.equal(code, 0);
  assert.doesNotMatch(err, /Growing: 0 of/);
});

test("what is not understood is said with its place", () => {
  const refused = (args: readonly string[], words: RegExp): void => {
    const { code, err } = glassbox.run("visualize", sampleModel, ...args);
    assert.notEqual(code, 0);
    assert.match(err, words);
    assert.doesNotMatch(err, /undefined|NaN|\.mjs:/);
  };
  refused(["--objective", 'channel("_blocks.4" 1)'], /found "1" where "," was expected.*character 21/);
  refused(["--unit", "_blocks.44:1"], /no site named _blocks\.44.*Did you mean _blocks\.4/);
  refused(["--unit", "_blocks.4"], /names no unit/);
  refused([], /no unit is named/);
  refused(["--unit", "_blocks.4:1", "--preset", "dream"], /no preset dream/);
});
