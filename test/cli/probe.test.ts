import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import type { Probes } from "../../src/protocol/probing.ts";
import type { Result } from "../../src/protocol/result.ts";
import { GlassboxProcess, sampleModel } from "./glassbox-process.ts";

const glassbox = new GlassboxProcess();
before(() => glassbox.build());
after(() => glassbox.end());

const probe = (...flags: readonly string[]) =>
  glassbox.run("probe", sampleModel, "--data", "procedural:60:3", "--sites", "_swish", "--folds", "3", ...flags);

test("a table, a certificate and three files; asked again, the same bytes", () => {
  const first = probe("--label", "colour", "--out", glassbox.path("first"));
  assert.equal(first.code, 0, first.err);
  assert.match(first.out, /^site +(?:accuracy|balanced) +95 % interval +random +shuffled +on training +C +features$/m);
  assert.match(first.out, /^_swish +0\.\d{3} +0\.\d{3} – 0\.\d{3} +0\.\d{3} +0\.\d{3} +[01]\.\d{3} +\S+ +32$/m);
  assert.match(first.out, /✓ split first, 45 \/ 15/);
  const again = probe("--label", "colour", "--out", glassbox.path("again"));
  for (const name of ["linear-probes.svg", "linear-probes.csv", "linear-probes.json"])
    assert.equal(
      fs.readFileSync(glassbox.path("again", name), "latin1"),
      fs.readFileSync(glassbox.path("first", name), "latin1"),
      name,
    );
  assert.equal(again.out.replaceAll("again", "first"), first.out);
});

test("--json is the result, with the command that makes it again", () => {
  const { code, out, err } = probe("--json", "--no-random", "--no-raw", "--out", glassbox.path("json"));
  assert.equal(code, 0, err);
  const result = JSON.parse(out) as Result<Probes> & { readonly files: readonly string[] };
  assert.equal(result.data.label, "shape");
  assert.deepEqual(
    result.data.points.map(({ series }) => series),
    ["trained", "shuffled"],
  );
  assert.equal(
    result.code.cli,
    `glassbox ask linear-probes ${sampleModel} --data procedural:60:3 --label shape --sites _swish --folds 3 --no-random --no-raw`,
  );
  assert.ok(result.files.every((file) => fs.existsSync(file)));
});

test("refusals are sentences and exit with 2", () => {
  const refused = (sentence: RegExp, ...args: readonly string[]): void => {
    const { code, out, err } = glassbox.run("probe", sampleModel, ...args);
    assert.equal(code, 2, err);
    assert.equal(out, "");
    assert.match(err, sentence);
  };
  refused(/--data is missing\. .*procedural.*\.csv, \.tsv or \.npz/);
  refused(/there is no none\.npz/, "--data", path.join("nowhere", "none.npz"));
  refused(
    /has no label texture\. Its labels are: shape, colour, quadrant, size/,
    "--data",
    "procedural:60",
    "--label",
    "texture",
  );
  refused(/pooling is median.*one of: mean, max, position/, "--data", "procedural:60", "--pooling", "median");
  refused(/never scored on its training rows/, "--data", "procedural:60", "--test-share", "0");
});

test("Ctrl+C keeps the activations that are there, and the same line goes on from them", async () => {
  const line = [
    "probe",
    sampleModel,
    "--data",
    "procedural:400:4",
    "--sites",
    "_swish",
    "--no-random",
    "--out",
    glassbox.path("stopped"),
  ];
  const stopped = await glassbox.interrupt(/activations of \d/, ...line);
  assert.equal(stopped.code, 130, stopped.err);
  assert.match(stopped.err, /Stopped early, at .*\. The next run continues from there\./);
  const { code, err } = glassbox.run(...line);
  assert.equal(code, 0, err);
  const begun = /activations of (\d+) of 400/.exec(err);
  assert.ok(begun === null || Number(begun[1]) > 1, "it does not begin anew");
});
