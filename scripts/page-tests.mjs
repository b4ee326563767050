// Bundles test/page and runs it in a plain Chromium page: the panels' real hosts, bundles and engine, without VS Code.
// usage: node scripts/page-tests.mjs [path-prefix …]
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { buildAll } from "./build.mjs";
import { root } from "./bundles.mjs";
import { runNodeTests } from "./node-tests.mjs";
import { findSystemTools } from "./system-tools.mjs";
import { emptyTally } from "./tally.mjs";
import { bundledTests, testsIn } from "./test-bundles.mjs";

const folder = path.join("test", "page");
const outdir = path.join("dist-test", "page");

/** The two scripts around a panel's document. */
const buildWindow = () =>
  build({
    ...bundledTests,
    platform: "browser",
    target: "es2022",
    entryPoints: ["inner.ts", "outer.ts"].map((name) => path.join(folder, "window", name)),
    outdir: path.join(outdir, "window"),
    format: "esm",
    sourcemap: false,
  });

/** The hosts of panels run in the tests' own process, where a stand-in takes VS Code's place. */
async function buildDrivers(tests) {
  await build({
    ...bundledTests,
    entryPoints: tests,
    outdir,
    outExtension: { ".js": ".mjs" },
    format: "esm",
    packages: "external",
    alias: { vscode: `./${folder}/window/vscode.ts` },
  });
  return tests.map((file) => path.join(root, outdir, path.basename(file).replace(/\.ts$/, ".mjs")));
}

/** @param {readonly string[]} prefixes only the tests whose path starts with one of these; all of them if empty */
export async function runPageTests(prefixes = []) {
  const tools = findSystemTools();
  if (!tools) return { status: 1, ...emptyTally(), failed: 1 };
  const wanted = prefixes.map((prefix) => path.normalize(prefix));
  const tests = testsIn(folder).filter(
    (file) => wanted.length === 0 || wanted.some((prefix) => file.startsWith(prefix)),
  );
  if (tests.length === 0) throw new Error(`No test of a page matches ${prefixes.join(", ")}.`);
  await buildAll({ say: console.error });
  fs.rmSync(path.join(root, outdir), { recursive: true, force: true });
  await buildWindow();
  const files = await buildDrivers(tests);
  fs.rmSync(path.join(root, "report", "page"), { recursive: true, force: true });
  return runNodeTests(files, { concurrency: 1, environment: { GLASSBOX_CHROMIUM: tools.chromium } });
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exit((await runPageTests(process.argv.slice(2))).status);
