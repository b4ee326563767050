// Bundles test/vscode and runs it in a real VS Code, in each version, one file after another.
// usage: node scripts/vscode-tests.mjs [newest|oldest …] [path-prefix …]
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { buildAll } from "./build.mjs";
import { root, UNBUNDLED } from "./bundles.mjs";
import { runNodeTests } from "./node-tests.mjs";
import { findSystemTools } from "./system-tools.mjs";
import { emptyTally } from "./tally.mjs";
import { bundledTests, testsIn } from "./test-bundles.mjs";
import { installVSCodeWeb, VERSIONS } from "./vscode-web.mjs";

const folder = path.join("test", "vscode");

/**
 * What no version of VS Code changes: looks, widths, and panels whose way into VS Code (menus, state, streams) the other
 * files try in the oldest version as well. It runs there when that version is asked for by name.
 */
const NEWEST_ONLY = [
  "ask",
  "editor",
  "package",
  "probe",
  "restricted",
  "start",
  "themes",
  "token",
  "unit",
  "walkthrough",
];

/** The tests that run inside the extension host, with their index: CommonJS, since the host requires them. */
export async function buildHostTests() {
  fs.rmSync(path.join(root, "dist-test", "host"), { recursive: true, force: true });
  await build({
    ...bundledTests,
    entryPoints: [path.join(folder, "host", "index.ts"), ...testsIn(path.join(folder, "host"))],
    outdir: "dist-test/host",
    outExtension: { ".js": ".cjs" },
    format: "cjs",
    external: ["vscode", "mocha", ...UNBUNDLED],
  });
}

async function buildDrivers(tests) {
  fs.rmSync(path.join(root, "dist-test", "vscode"), { recursive: true, force: true });
  await build({
    ...bundledTests,
    entryPoints: tests,
    outdir: "dist-test/vscode",
    outExtension: { ".js": ".mjs" },
    format: "esm",
    packages: "external",
  });
  return tests.map((file) => path.join(root, "dist-test", "vscode", path.basename(file).replace(/\.ts$/, ".mjs")));
}

/** @param {readonly string[]} wanted versions and path prefixes; all of either that none names */
export async function runVSCodeTests(wanted = []) {
  const tools = findSystemTools();
  if (!tools) return [{ name: "VS Code", status: 1, ...emptyTally(), failed: 1 }];
  const names = Object.keys(VERSIONS).filter((name) => wanted.includes(name));
  const prefixes = wanted.filter((each) => !(each in VERSIONS)).map((each) => path.normalize(each));
  const tests = testsIn(folder).filter(
    (file) => prefixes.length === 0 || prefixes.some((prefix) => file.startsWith(prefix)),
  );
  if (tests.length === 0) throw new Error(`No test of VS Code matches ${prefixes.join(", ")}.`);
  await buildAll({ say: console.error });
  await buildHostTests();
  const files = await buildDrivers(tests);
  return (names.length ? names : Object.keys(VERSIONS)).map((name) => {
    const home = installVSCodeWeb(name, console.error);
    fs.rmSync(path.join(root, "report", name), { recursive: true, force: true });
    console.error(`In VS Code ${VERSIONS[name].vscode} (${name}):`);
    const environment = { GLASSBOX_VSCODE: name, GLASSBOX_VSCODE_HOME: home, GLASSBOX_CHROMIUM: tools.chromium };
    const asked = name === "newest" || wanted.length > 0;
    const these = asked ? files : files.filter((file) => !NEWEST_ONLY.includes(path.basename(file, ".test.mjs")));
    return { name: `VS Code ${VERSIONS[name].vscode}`, ...runEach(these, { concurrency: 1, environment }) };
  });
}

/**
 * One file after another. A browser loses a click now and then, so a file that fails is run once more from a fresh
 * VS Code; what needed it is named at the end.
 */
function runEach(files, options) {
  const total = { status: 0, ...emptyTally() };
  const repeated = [];
  for (const file of files) {
    let outcome = runNodeTests([file], options);
    if (outcome.status !== 0) {
      repeated.push(path.basename(file, ".mjs"));
      console.error(`${repeated.at(-1)} failed; it is run once more.`);
      outcome = runNodeTests([file], options);
    }
    for (const key of ["status", "passed", "failed", "skipped"]) total[key] += outcome[key];
    for (const key of ["files", "tests"]) total[key].push(...outcome[key]);
  }
  if (repeated.length) console.error(`Run twice: ${repeated.join(", ")}.`);
  return total;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const outcomes = await runVSCodeTests(process.argv.slice(2));
  process.exit(outcomes.some(({ status }) => status !== 0) ? 1 : 0);
}
