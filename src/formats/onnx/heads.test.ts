import assert from "node:assert/strict";
import { test } from "node:test";
import { Builder, type Value } from "../../graph/builder.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { recogniseHead, type Head } from "./heads.ts";

/** The head of a network that ends as `end` says, from features [2, 8]. */
function headAfter(end: (b: Builder, x: Value) => Value): { readonly head: Head; readonly x: string } {
  const b = new Builder(coreOperators);
  const x = b.apply("Relu", [b.input("x", { dtype: "float32", shape: [2, 8] })]);
  return { head: recogniseHead(b.finish([end(b, x)])), x: x.name };
}

test("a softmax, behind reshapes too, gives way to the logits before it", () => {
  const softmax = headAfter((b, x) => b.apply("Softmax", [x], { axis: 1 }));
  assert.equal(softmax.head.logits, softmax.x);
  const reshaped = headAfter((b, x) => b.reshape(b.apply("LogSoftmax", [x], { axis: 1 }), [2, 8, 1, 1]));
  assert.equal(reshaped.head.logits, reshaped.x);
  assert.notEqual(reshaped.head.probabilities, undefined);
});

test("a sigmoid is noted as independent scores", () => {
  const { head, x } = headAfter((b, value) => b.apply("Sigmoid", [value]));
  assert.equal(head.logits, x);
  assert.match(head.note!, /sigmoid/);
});

test("plain logits need no note", () => {
  const { head, x } = headAfter((_b, value) => value);
  assert.deepEqual(head, { logits: x, probabilities: undefined, note: undefined });
});

test("pictures, token scores and single numbers are no classifiers, and a sentence says so", () => {
  for (const shape of [
    [2, 2, 2, 2],
    [2, 4, 2],
    [16, 1],
  ]) {
    const { head } = headAfter((b, x) => b.reshape(x, shape));
    assert.equal(head.logits, undefined, `[${shape.join(", ")}]`);
    assert.match(head.note!, /no class to explain\.$/);
  }
  assert.match(headAfter((b, x) => b.reshape(x, [2, 4, 2])).head.note!, /each token/);
});
