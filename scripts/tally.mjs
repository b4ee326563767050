// A reporter for node's test runner: one line of JSON with the number of tests that passed, failed and were skipped, and how long each file and each
// test took. Suites are not counted, nor is the failure of a test whose only fault is a failed subtest.
import fs from "node:fs";
import path from "node:path";

/**
 * @typedef {{ file: string, milliseconds: number }} FileTime from the start of the file's process to its end
 * @typedef {{ file: string, name: string, milliseconds: number }} TestTime of a test without subtests
 * @typedef {{ passed: number, failed: number, skipped: number, files: FileTime[], tests: TestTime[] }} Tally
 */

/** @returns {Tally} */
export const emptyTally = () => ({ passed: 0, failed: 0, skipped: 0, files: [], tests: [] });

export default async function* tally(source) {
  const counts = emptyTally();
  /** The nesting of the last test that each file reported: a test after one that is nested deeper is its parent. */
  const lastNesting = new Map();
  for await (const { type, data } of source) {
    const milliseconds = data.details?.duration_ms;
    if (type === "test:complete" && data.nesting === 0 && path.resolve(data.name) === data.file)
      counts.files.push({ file: data.file, milliseconds });
    if (type !== "test:pass" && type !== "test:fail") continue;
    const isParent = (lastNesting.get(data.file) ?? 0) > data.nesting;
    lastNesting.set(data.file, data.nesting);
    if (data.details?.type === "suite") continue;
    if (!isParent) counts.tests.push({ file: data.file, name: data.name, milliseconds });
    if (type === "test:fail") counts.failed += data.details?.error?.failureType === "subtestsFailed" ? 0 : 1;
    else if (data.skip !== undefined && data.skip !== false) counts.skipped += 1;
    else counts.passed += 1;
  }
  yield `${JSON.stringify(counts)}\n`;
}

/** @returns {Tally | undefined} */
export const readTally = (file) =>
  fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, "utf8").trim() || "null") : undefined;
