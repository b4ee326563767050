// A reporter for node's test runner: one line of JSON with the number of tests that passed, failed and were skipped.
// Suites are not counted, nor the failure of a test whose only fault is a failed subtest.
import fs from "node:fs";

export default async function* tally(source) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for await (const { type, data } of source) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    if (data.details?.type === "suite") continue;
    if (type === "test:fail") counts.failed += data.details?.error?.failureType === "subtestsFailed" ? 0 : 1;
    else if (data.skip !== undefined && data.skip !== false) counts.skipped += 1;
    else counts.passed += 1;
  }
  yield `${JSON.stringify(counts)}\n`;
}

export const readTally = (file) =>
  fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, "utf8").trim() || "null") : undefined;
