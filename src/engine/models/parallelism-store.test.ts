import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { referenceRuntime } from "../../runtime/reference/reference.ts";
import { ParallelismStore } from "./parallelism-store.ts";

test("a measured parallelism outlives the process, but not another runtime, number of cores or model", (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-parallelism-"));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  const here = { ...referenceRuntime, version: "1", workers: 2 };
  const memory = new ParallelismStore(folder).of("a".repeat(64), here);
  assert.equal(memory.read(), undefined);
  memory.keep("one-by-one");
  assert.equal(memory.read(), "one-by-one");
  const again = new ParallelismStore(folder);
  assert.equal(again.of("a".repeat(64), here).read(), "one-by-one");
  assert.equal(again.of("b".repeat(64), here).read(), undefined);
  assert.equal(again.of("a".repeat(64), { ...here, workers: 4 }).read(), undefined);
  assert.equal(again.of("a".repeat(64), { ...here, version: "2" }).read(), undefined);
  fs.writeFileSync(path.join(folder, "parallelism", `${"a".repeat(40)}.json`), "{");
  assert.equal(again.of("a".repeat(64), here).read(), undefined);
});
