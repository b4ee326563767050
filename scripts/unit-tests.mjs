// Bundles every *.test.ts that lies beside the code (or under test/, outside test/vscode and test/page) and runs them on node's own test runner.
// usage: node scripts/unit-tests.mjs [path-prefix …]
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { runNodeTests } from "./node-tests.mjs";
import { emptyTally } from "./tally.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/** What test.mjs runs by itself. */
const inBrowser = ["vscode", "vscode/host", "page"].map((folder) => path.join("test", folder));

/** @param {readonly string[]} prefixes only the tests whose path starts with one of these; all of them if empty */
export function findTests(prefixes = []) {
  const files = ["src", "webview", "test"].flatMap((room) =>
    fs.existsSync(path.join(root, room))
      ? fs
          .readdirSync(path.join(root, room), { recursive: true, encoding: "utf8" })
          .map((file) => path.join(room, file))
      : [],
  );
  return files
    .filter((file) => /\.test\.tsx?$/.test(file) && !inBrowser.some((folder) => path.dirname(file) === folder))
    .filter((file) => prefixes.length === 0 || prefixes.some((prefix) => file.startsWith(path.normalize(prefix))))
    .sort();
}

/** A file that measures its process's memory has a process of its own. */
const measuresItsProcess = (file) =>
  /memoryUsage|resourceUsage|survives\(/.test(fs.readFileSync(path.join(root, file), "utf8"));

/**
 * The tests of a folder beside the code run in one process, one file after another: to start a process and to load the code again for each file would
 * take as long as the tests. What lies in test/ has a process for each file.
 * @param {readonly string[]} tests @param {string} outdir @returns {readonly string[]} the files to run
 */
function processes(tests, outdir) {
  const bundleOf = (file) => path.join(outdir, file.replace(/\.tsx?$/, ".mjs"));
  const isAlone = (file) => file.startsWith(`test${path.sep}`) || measuresItsProcess(file);
  const folders = new Map();
  for (const file of tests.filter((each) => !isAlone(each)))
    folders.set(path.dirname(file), [...(folders.get(path.dirname(file)) ?? []), file]);
  const together = [...folders].map(([folder, files]) => {
    const entry = path.join(outdir, folder, "together.mjs");
    const imports = files.map((file) => `import "./${path.basename(bundleOf(file))}";\n`);
    fs.writeFileSync(entry, imports.join(""));
    return entry;
  });
  return [...together, ...tests.filter(isAlone).map(bundleOf)];
}

/** @param {readonly string[]} prefixes @param {number} [limitMs] for one test @returns what runNodeTests returns */
export async function runUnitTests(prefixes = [], limitMs) {
  const tests = findTests(prefixes);
  if (tests.length === 0) {
    console.error(`No test matches ${prefixes.join(", ")}.`);
    return { status: 1, ...emptyTally() };
  }
  const outdir = path.join(root, "dist-test", prefixes.length ? `only-${process.pid}` : "unit");
  fs.rmSync(outdir, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: tests,
    outdir,
    outbase: ".",
    bundle: true,
    splitting: true,
    platform: "node",
    target: "node20",
    format: "esm",
    sourcemap: "inline",
    packages: "external",
    jsx: "automatic",
    jsxImportSource: "preact",
    logLevel: "warning",
    outExtension: { ".js": ".mjs" },
  });
  const outcome = runNodeTests(processes(tests, outdir), { concurrency: 2, limitMs });
  if (prefixes.length) fs.rmSync(outdir, { recursive: true, force: true });
  return outcome;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exit((await runUnitTests(process.argv.slice(2))).status);
