import assert from "node:assert/strict";
import { test } from "node:test";
import { formatTarget, logit, minus, parseTarget, plus, times, unit } from "./target.ts";

test("a target survives conversion to text and back", () => {
  for (const text of [
    "logit:281",
    "logit:281 - logit:285",
    "0.5*unit:features.12:20 + logit:3",
    "-2*logit:0",
    "-score",
    "probability:3@own - probability:3@0,0,4,5",
    "number:0",
    "unit:a.b:3@4,5",
    "output:pred_boxes:2@7",
    "box:12:class:0 + 0.1*box:12:width",
    'similarity:"folder/a \\"b\\".png#0123456789ab"',
  ]) {
    assert.equal(formatTarget(parseTarget(text)), text);
  }
});

test("targets form an algebra", () => {
  assert.deepEqual(minus(logit(1), logit(1)).terms, []);
  assert.equal(formatTarget(plus(times(logit(1), 2), minus(unit("a.b", 3), logit(1)))), "logit:1 + unit:a.b:3");
});

test("a malformed target is rejected with the position of the error", () => {
  assert.throws(() => parseTarget("logit:281 logit:285"), /character 11/);
  assert.throws(() => parseTarget("cat"), /character 1/);
  assert.throws(() => parseTarget("scores"), /character 1/);
  assert.throws(() => parseTarget("logit:1@4,4,2,2"), /character 1/);
  assert.throws(() => parseTarget("box:1:class"), /character 1/);
  assert.throws(() => parseTarget(""), /cannot be read/);
});
