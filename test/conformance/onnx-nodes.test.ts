import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { nodeSuite, nodeSuiteIsHere } from "./onnx-node-suite.ts";
import { runNodeCase } from "./onnx-nodes.ts";
import { inScope, renderTable } from "./onnx-nodes-table.ts";

const skip = nodeSuiteIsHere() ? false : "the ONNX node suite is not here (../shared/conformance)";
const table = path.resolve(process.env["GLASSBOX_ROOT"] ?? ".", "test/conformance/onnx-nodes.md");

test("98 % of ONNX's node tests in scope give the right numbers through import and the reference, and none crashes or hangs", { skip }, async (t) => {
  const outcomes = await Promise.all(nodeSuite().map((example) => runNodeCase(example)));
  const { passed, of } = inScope(outcomes);
  t.diagnostic(`${passed} of ${of} cases in scope, ${outcomes.length} in all`);
  if (process.env["GLASSBOX_WRITE_TABLES"]) fs.writeFileSync(table, renderTable(outcomes));
  const list = (verdict: string): string[] => outcomes.filter((outcome) => outcome.verdict === verdict).map(({ name, reason }) => `${name}: ${reason}`);
  assert.deepEqual(list("crashes"), []);
  assert.deepEqual(list("fails"), []);
  assert.ok(passed / of >= 0.98, `${passed} of ${of}`);
  assert.ok(of >= 1450, "the scope did not shrink");
  for (const { name, milliseconds } of outcomes) assert.ok(milliseconds < 10_000, `${name} took ${milliseconds} ms`);
});
