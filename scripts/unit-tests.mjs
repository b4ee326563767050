// Bundles every *.test.ts that lies beside the code (or under test/, outside test/vscode) and runs them on node's own test runner.
// usage: node scripts/unit-tests.mjs [path-prefix …]
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { runNodeTests } from "./node-tests.mjs";
import { emptyTally } from "./tally.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

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
    .filter((file) => /\.test\.tsx?$/.test(file) && !file.startsWith(path.join("test", "vscode")))
    .filter((file) => prefixes.length === 0 || prefixes.some((prefix) => file.startsWith(path.normalize(prefix))))
    .sort();
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
  const built = tests.map((file) => path.join(outdir, file.replace(/\.tsx?$/, ".mjs")));
  const outcome = runNodeTests(built, { concurrency: 2, limitMs });
  if (prefixes.length) fs.rmSync(outdir, { recursive: true, force: true });
  return outcome;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exit((await runUnitTests(process.argv.slice(2))).status);
