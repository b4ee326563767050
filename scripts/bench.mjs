// Bundles bench/<name>.ts and runs it: all benchmarks, or those named. Results go to bench/results.md.
// usage: node scripts/bench.mjs [name …]   names as in BENCHMARKS below; GLASSBOX_PYTHON names a Python with torch, captum and transformer_lens 3
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
  "smollm2",
  "typing",
  "terminal",
  "panel",
];

/** What a benchmark in a real VS Code needs, installed when it runs. */
async function environmentOf(name) {
  if (name !== "panel") return {};
  const { buildAll } = await import("./build.mjs");
  const { findSystemTools } = await import("./system-tools.mjs");
  const { installVSCodeWeb } = await import("./vscode-web.mjs");
  const tools = findSystemTools();
  if (!tools) process.exit(1);
  await buildAll({ say: console.error });
  return {
    GLASSBOX_VSCODE: "newest",
    GLASSBOX_VSCODE_HOME: installVSCodeWeb("newest", console.error),
    GLASSBOX_CHROMIUM: tools.chromium,
  };
}

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
    { stdio: "inherit", env: { ...process.env, GLASSBOX_ROOT: root, ...(await environmentOf(name)) } },
  );
  if (status !== 0) failed = 1;
}
fs.rmSync(outdir, { recursive: true, force: true });
process.exit(failed);
