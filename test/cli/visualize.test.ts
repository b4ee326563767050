import assert from "node:assert/strict";
import fs from "node:fs";
import { after, before, test } from "node:test";
import { GlassboxProcess, sampleModel } from "./glassbox-process.ts";

const glassbox = new GlassboxProcess();
before(() => glassbox.build());
after(() => glassbox.end());
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
    /channel\("_blocks\.4", 19\) .*\n\n· activation, .*\n. .*against real pictures.*\n. .*kept under transforms/,
  );
  const png = fs.readFileSync(glassbox.path("one", "maximized-activation.png"));
  const { result } = JSON.parse(fs.readFileSync(glassbox.path("one", "maximized-activation.json"), "utf8")) as {
    result: { code: { cli: string }; provenance: { options: { steps: number } } };
  };
  assert.equal(result.provenance.options.steps, 12);
  glassbox.forget();
  assert.equal(glassbox.runLine(`${result.code.cli} --out ${glassbox.path("two")}`).code, 0);
  assert.deepEqual(fs.readFileSync(glassbox.path("two", "maximized-activation.png")), png);
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
  const stopped = await glassbox.interrupt(/Maximized activation: /, ...line);
  assert.equal(stopped.code, 130);
  assert.match(stopped.err, /Stopped early, at \d+ of 400 steps\. The next run continues from there\./);
  const { code, err } = glassbox.run(...line);
  assert.equal(code, 0);
  assert.doesNotMatch(err, /activation: 0 of/);
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
  refused(["--unit", "_blocks.4:1", "--preset", "dream"], /preset is dream.*one of: glassbox, lucid, pixel/);
});
