import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { colourClassifier } from "../files/onnx-file.ts";
import { GlassboxProcess, root, samples } from "./glassbox-process.ts";

const glassbox = new GlassboxProcess();
before(() => glassbox.build());
after(() => glassbox.end());

/** Every file under a folder, by its bytes. */
function contents(folder: string): ReadonlyMap<string, string> {
  const names = fs
    .readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => fs.statSync(path.join(folder, name)).isFile());
  return new Map(names.sort().map((name) => [name, fs.readFileSync(path.join(folder, name)).toString("latin1")]));
}

function sameFiles(a: string, b: string): void {
  const [one, other] = [contents(a), contents(b)];
  assert.deepEqual([...one.keys()], [...other.keys()]);
  for (const [name, bytes] of one) assert.ok(other.get(name) === bytes, `${name} has the same bytes`);
}

const experiment = (name: string, text: string): string => glassbox.write(name, text.replaceAll("SAMPLES", samples));

/** Three analyses of two pictures. */
const three = (model: string, steps: number, score: number): string => `model: ${model}
inputs: [SAMPLES/chelsea.png, SAMPLES/coffee.png]
analyses:
  - method: prediction
  - method: gradient
  - id: ig
    method: integrated-gradients
    options: { rule: midpoint, steps: ${steps} }
claims:
  - expect: gradient.certificate.target.score
    over: mean
    above: ${score}
`;

test("a repeated run writes the same bytes, and four parts in any order join to them", () => {
  // A model of one operator: what is tested is the order of tasks and files, the same of any model.
  const file = experiment("three.glassbox.yaml", three(glassbox.write("colours.onnx", colourClassifier()), 4, 0.5));
  assert.equal(glassbox.run("run", file, "--out", glassbox.path("once")).code, 0);
  glassbox.forget();
  assert.equal(glassbox.run("run", file, "--out", glassbox.path("twice")).code, 0);
  sameFiles(glassbox.path("once"), glassbox.path("twice"));
  glassbox.forget();
  for (const part of [2, 0, 3])
    assert.equal(glassbox.run("run", file, "--shard", `${part}/4`, "--out", glassbox.path("parts")).code, 0);
  const early = glassbox.run("merge", glassbox.path("parts"));
  assert.equal(early.code, 2);
  assert.match(early.err, /2 of 6 tasks have not been run/);
  assert.equal(glassbox.run("run", file, "--shard", "1/4", "--out", glassbox.path("parts")).code, 0);
  assert.equal(glassbox.run("merge", glassbox.path("parts")).code, 0);
  sameFiles(glassbox.path("once"), glassbox.path("parts"));
});

/** Ends a run by force once a task is done, and starts over if all were done by then. */
async function killMidway(file: string, out: string): Promise<void> {
  const tasks = path.join(out, "tasks");
  const isOneDone = (): boolean => fs.existsSync(tasks) && fs.readdirSync(tasks).some((name) => name.endsWith(".json"));
  do {
    glassbox.forget();
    fs.rmSync(out, { recursive: true, force: true });
    const child = spawn(process.execPath, [path.join(root, "dist", "cli.mjs"), "run", file, "--out", out], {
      env: { ...process.env, GLASSBOX_CACHE: glassbox.path("cache") },
      stdio: "ignore",
    });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    while (child.exitCode === null && !isOneDone()) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill("SIGKILL");
    await ended;
    assert.ok(isOneDone());
  } while (fs.existsSync(path.join(out, "report.html")));
}

test("a run that was killed goes on where it stopped, to the bytes of a run of the sample model without a stop", async () => {
  const file = experiment("killed.glassbox.yaml", three("SAMPLES/efficientnet-lite0.onnx", 16, 5));
  const out = glassbox.path("killed");
  await killMidway(file, out);
  const half = path.join(out, "tasks", ".glassbox-01234567-89ab-cdef-0123-456789abcdef.tmp");
  fs.writeFileSync(half, "{");
  fs.utimesSync(half, 1, 1);
  const again = glassbox.run("run", file, "--out", out);
  assert.equal(again.code, 0, again.err);
  assert.match(again.out, /\(known\)/);
  glassbox.forget();
  assert.equal(glassbox.run("run", file, "--out", glassbox.path("unkilled")).code, 0);
  sameFiles(out, glassbox.path("unkilled"));
});

test("--check exits with 1 and both numbers when a claim does not hold", () => {
  const claims = (bound: string): string =>
    `model: SAMPLES/efficientnet-lite0.onnx\ninputs: [SAMPLES/chelsea.png]\nanalyses: [{ method: prediction }]\nclaims:\n  - expect: prediction.top.1.probability\n    ${bound}\n`;
  const good = glassbox.run(
    "run",
    experiment("good.glassbox.yaml", claims("is: 0.355\n    within: 3 points")),
    "--check",
  );
  assert.equal(good.code, 0, good.err);
  const bad = glassbox.run("run", experiment("bad.glassbox.yaml", claims("above: 0.5")), "--check");
  assert.equal(bad.code, 1, bad.err);
  assert.match(bad.out, /✕ prediction\.top\.1\.probability is 0\.3\d+, expected above 0\.5\./);
  assert.equal(glassbox.run("run", glassbox.path("bad.glassbox.yaml")).code, 0);
});

test("what is wrong in a file is said with its line and column, all at once, and nothing runs", () => {
  const file = experiment(
    "wrong.glassbox.yaml",
    "model: SAMPLES/efficientnet-lite.onnx\ninputs:\n  - SAMPLES/chelsy.png\nanalyses:\n  - method: smoothgard\n",
  );
  const { code, err, out } = glassbox.run("run", file);
  assert.equal(code, 2);
  assert.equal(out, "");
  assert.match(err, /wrong\.glassbox\.yaml:1:8: error: .*efficientnet-lite0\.onnx/);
  assert.match(err, /wrong\.glassbox\.yaml:3:5: error: .*chelsea\.png/);
  assert.match(err, /wrong\.glassbox\.yaml:5:13: error: There is no method smoothgard\. Did you mean smoothgrad\?/);
});

test("the sample experiment's claims hold", () => {
  glassbox.forget();
  const { code, out, err } = glassbox.run(
    "run",
    path.join(samples, "cat.glassbox.yaml"),
    "--check",
    "--out",
    glassbox.path("cat"),
  );
  assert.equal(code, 0, out + err);
});
