import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { transformSync } from "esbuild";
import { tinyOracle, tinyPath } from "../oracles/tiny-oracle.ts";
import { tinyCheckpoint } from "../tiny-checkpoint.ts";
import { InstalledPackage } from "./installed-package.ts";

const root = process.env.GLASSBOX_ROOT!;
const glassbox = new InstalledPackage();
const { project, installed } = glassbox;

const samples = path.join(installed, "samples", "vision");
const write = (name: string, contents: string | Uint8Array): void => {
  fs.mkdirSync(path.dirname(path.join(project, name)), { recursive: true });
  fs.writeFileSync(path.join(project, name), contents);
};

before(() => {
  glassbox.install();
  fs.copyFileSync(path.join(samples, "chelsea.png"), path.join(project, "cat.png"));
  for (const ending of ["onnx", "glassbox.json"])
    fs.copyFileSync(path.join(samples, `efficientnet-lite0.${ending}`), path.join(project, `net.${ending}`));
  for (const [name, contents] of Object.entries(tinyCheckpoint())) write(path.join("llama", name), contents);
});
after(() => glassbox.end());

/** What a person's TypeScript says of a program in the project, under both ways in which packages are resolved. */
function compile(file: string): void {
  for (const [module, moduleResolution] of [
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ])
    glassbox.run(
      project,
      process.execPath,
      path.join(root, "node_modules", "typescript", "bin", "tsc"),
      ...["--ignoreConfig", "--noEmit", "--strict", "--exactOptionalPropertyTypes", "--target", "es2022"],
      ...["--module", module!, "--moduleResolution", moduleResolution!, "--types", "", file],
    );
}

/** Its lines; a program that does not end by itself fails. */
function run(file: string): readonly string[] {
  const { code } = transformSync(fs.readFileSync(path.join(project, file), "utf8"), { loader: "ts", format: "esm" });
  write(file.replace(/\.ts$/, ".js"), code);
  return glassbox.run(project, process.execPath, file.replace(/\.ts$/, ".js")).stdout.trim().split("\n");
}

test("a typed program explains a picture, traces a site and asks for next tokens; the command that it gets has the same numbers", () => {
  const oracle = tinyPath("llama-tied-float32");
  const { tokens, sites } = tinyOracle("llama-tied-float32");
  const site = "blocks.1.hook_resid_pre";
  write(
    "consumer.ts",
    `import { open, type Answer, type Tensor } from "glassbox";
const network = await open("net.onnx");
const answer: Answer = await network.ask("grad-cam", { picture: "cat.png" }, { target: "281" });
const values: Tensor = answer.as("heatmap").values;
const pixels = new Float32Array(3 * 224 * 224);
const own = await network.ask("prediction", { tensor: { dtype: "float32", shape: [3, 224, 224], data: pixels } });
const language = await open(new URL(${JSON.stringify(`file://${oracle}`)}));
const ids: readonly number[] = ${JSON.stringify(tokens)};
const activations = await language.trace({ ids }, [${JSON.stringify(site)}]);
const next = (await language.ask("next-tokens", { ids })).as("token-distributions");
// @ts-expect-error: a subject has a known name
const refused: string = await network.ask("grad-cam", { image: "cat.png" }).catch((error: Error) => error.message);
await Promise.all([network.close(), language.close()]);
const { shape, data } = activations.get(${JSON.stringify(site)})!;
const top = own.data.kind === "model-output" ? own.data.top.length : 0;
console.log(JSON.stringify({
  ...{ shape, data: Array.from(data as Float32Array), best: next.ids[(ids.length - 1) * next.top], refused, top },
  ...{ map: Array.from(values.data as Float32Array), cli: answer.code.cli },
}));
`,
  );
  compile("consumer.ts");
  const found = JSON.parse(run("consumer.ts").join("")) as {
    readonly shape: readonly number[];
    readonly data: readonly number[];
    readonly best: number;
    readonly refused: string;
    readonly top: number;
    readonly map: readonly number[];
    readonly cli: string;
  };
  assert.deepEqual(found.shape, sites[site]!.shape);
  assert.ok(found.data.every((value, i) => Math.abs(value - sites[site]!.data[i]!) < 1e-4));
  // transformers' greedy continuation of the same tokens begins with it (oracle.json).
  assert.equal(found.best, 45);
  assert.match(found.refused, /Give one of picture, tensor/);
  assert.ok(found.top > 0);
  const command = found.cli.replace(/^glassbox /, "").split(" ");
  const { stdout } = glassbox.run(project, "npx", "--no-install", "glassbox", ...command, "--json");
  const { data, cached } = JSON.parse(stdout) as { data: { values: { data: number[] } }; cached: boolean };
  assert.deepEqual(found.map, data.values.data);
  assert.equal(cached, true, "the terminal asks the same question");
});

test("the examples of docs/library.md compile and run", () => {
  const page = fs.readFileSync(path.join(installed, "docs", "library.md"), "utf8");
  const blocks = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!);
  assert.equal(blocks.length, 7);
  write("documented.ts", blocks.join("\n"));
  compile("documented.ts");
  const lines = run("documented.ts").join("\n");
  assert.match(lines, /^ONNX.* 1000\n/);
  assert.match(lines, /\[ 1, 7, 7 \] at _swish#2\n/);
  assert.match(lines, /\nglassbox ask grad-cam .*net\.onnx --picture .*cat\.png --target logit:281\n/);
  assert.match(lines, /\nrow,column,channel 0\n/);
  assert.deepEqual(fs.readdirSync(path.join(project, "results")).sort(), [
    ".glassbox",
    "grad-cam.csv",
    "grad-cam.json",
    "grad-cam.npy",
  ]);
  assert.match(lines, /of 1000 samples heatmap\nAbortError\n/);
  assert.match(lines, /\nblocks\.1\.hook_resid_pre float32 \[ 2, 24 \] 48\n/);
  assert.match(
    lines,
    /option the model has no site named blocks\.0\.hook_resid_prf Did you mean blocks\.0\.hook_resid_pre/,
  );
});
