// Runs bundled test files on node's own runner and counts what happened.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { root } from "./bundles.mjs";
import { emptyTally, readTally } from "./tally.mjs";

/** A test that takes longer hangs; those that are asked for by themselves grow hundreds of pictures. */
const LIMIT_MS = (process.env.GLASSBOX_SLOW_TESTS ? 60 : 15) * 60_000;

/**
 * @param {readonly string[]} files
 * @param {{ concurrency: number, environment?: Record<string, string>, limitMs?: number }} options
 * @returns {{ status: number } & import("./tally.mjs").Tally} `status` is the runner's exit code
 */
export function runNodeTests(files, { concurrency, environment = {}, limitMs = LIMIT_MS }) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-tally-"));
  const counts = path.join(folder, "counts.json");
  const { status } = spawnSync(
    process.execPath,
    [
      ...["--enable-source-maps", "--test", `--test-concurrency=${concurrency}`, `--test-timeout=${limitMs}`],
      ...["--test-reporter=spec", "--test-reporter-destination=stdout"],
      ...[`--test-reporter=${path.join(root, "scripts", "tally.mjs")}`, `--test-reporter-destination=${counts}`],
      ...files,
    ],
    {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, ORT_DISABLE_TELEMETRY: "1", GLASSBOX_ROOT: root, ...environment },
    },
  );
  const tally = readTally(counts) ?? { ...emptyTally(), failed: 1 };
  fs.rmSync(folder, { recursive: true, force: true });
  // A runner that fails without a failed test (a file that cannot be loaded, a crash) is a failure all the same.
  if (status !== 0 && tally.failed === 0) tally.failed = 1;
  return { status: status ?? 1, ...tally };
}
