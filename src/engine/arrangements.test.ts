import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { referenceRuntime } from "../runtime/reference/reference.ts";
import { Arrangements } from "./models/arrangements.ts";

test("an arrangement outlives the process, but not another runtime, number of cores or model", (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-arrangements-"));
  t.after(() => fs.rmSync(folder, { recursive: true, force: true }));
  const here = { ...referenceRuntime, version: "1", lanes: 2 };
  const memory = new Arrangements(folder).of("a".repeat(64), here);
  assert.equal(memory.read(), undefined);
  memory.keep("one-by-one");
  assert.equal(memory.read(), "one-by-one");
  const again = new Arrangements(folder);
  assert.equal(again.of("a".repeat(64), here).read(), "one-by-one");
  assert.equal(again.of("b".repeat(64), here).read(), undefined);
  assert.equal(again.of("a".repeat(64), { ...here, lanes: 4 }).read(), undefined);
  assert.equal(again.of("a".repeat(64), { ...here, version: "2" }).read(), undefined);
  fs.writeFileSync(path.join(folder, "arrangements", `${"a".repeat(40)}.json`), "{");
  assert.equal(again.of("a".repeat(64), here).read(), undefined);
});
