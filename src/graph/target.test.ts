import assert from "node:assert/strict";
import { test } from "node:test";
import { formatTarget, logit, minus, parseTarget, plus, times, unit } from "./target.ts";

test("a target survives conversion to text and back", () => {
  for (const text of ["logit:281", "logit:281 - logit:285", "0.5*unit:features.12:20 + logit:3", "-2*logit:0"]) {
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
  assert.throws(() => parseTarget(""), /cannot be read/);
});
