// Damaged files, many of them: every reader and importer reads its mutations or refuses them with a sentence, each within a second.
// usage: node scripts/fuzz.mjs [runs = 100000] [path-prefix …]     e.g. node scripts/fuzz.mjs 100000 src/formats/gguf
import fs from "node:fs";
import path from "node:path";
import { root } from "./bundles.mjs";
import { findTests, runUnitTests } from "./unit-tests.mjs";

/** A hundred thousand of the slowest mutations take an hour on a slow machine. */
const HOURS = 4 * 3_600_000;

const [runs = "100000", ...prefixes] = process.argv.slice(2);
if (!(Number(runs) >= 1)) {
  console.error(`${runs} is no number of mutations.`);
  process.exit(2);
}
process.env.GLASSBOX_FUZZ = runs;
const fuzzing = findTests(prefixes).filter((file) =>
  fs.readFileSync(path.join(root, file), "utf8").includes("fuzzRuns("),
);
console.log(`${runs} mutations each: ${fuzzing.join(", ")}`);
process.exit((await runUnitTests(fuzzing, HOURS)).status);
