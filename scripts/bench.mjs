// Bundles bench/<name>.ts and runs it: all benchmarks, or those named. Results go to bench/results.md.
// usage: node scripts/bench.mjs [gradients] [one-thread] [second-program] [single-site-patches] [integrated-gradients] [patching] [probing] [probe-chart] [visualization]   GLASSBOX_PYTHON names a Python with torch, captum and transformer_lens 3
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { root } from "./bundles.mjs";

const BENCHMARKS = [
  "gradients",
  "one-thread",
  "second-program",
  "single-site-patches",
  "integrated-gradients",
  "patching",
  "probing",
  "probe-chart",
  "visualization",
];

const names = process.argv.slice(2);
const unknown = names.filter((name) => !BENCHMARKS.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(", ")}. The benchmarks are: ${BENCHMARKS.join(", ")}.`);
  process.exit(2);
}
const outdir = path.join(root, "dist-test", "bench");
await build({
  absWorkingDir: root,
  entryPoints: BENCHMARKS.map((name) => `bench/${name}.ts`),
  outdir,
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  sourcemap: "inline",
  packages: "external",
  logLevel: "warning",
  outExtension: { ".js": ".mjs" },
});
let failed = 0;
for (const name of names.length ? names : BENCHMARKS) {
  const { status } = spawnSync(
    process.execPath,
    ["--enable-source-maps", "--expose-gc", path.join(outdir, `${name}.mjs`)],
    { stdio: "inherit", env: { ...process.env, GLASSBOX_ROOT: root } },
  );
  if (status !== 0) failed = 1;
}
fs.rmSync(outdir, { recursive: true, force: true });
process.exit(failed);
