import assert from "node:assert/strict";
import { test } from "node:test";
import { classOf, initialState, newerState, restoredState, shownMethods } from "./state.ts";

test("what was saved comes back, and what an older panel did not save is filled in", () => {
  const { arrangement: _, ...older } = {
    ...initialState("/m.onnx"),
    target: "logit:3",
    view: { zoom: 2, x: 0.1, y: 0.2 },
  };
  assert.deepEqual(restoredState(structuredClone(older)), { ...older, arrangement: "lead" });
});

test("nothing is restored from another version, from nothing, or without a model", () => {
  for (const saved of [undefined, null, {}, { version: 2, model: "/m.onnx" }, { version: 1 }])
    assert.equal(restoredState(saved ?? undefined), undefined);
});

test("what the host kept of this panel is newer than what VS Code saved of it; of another panel it is nothing", () => {
  const own = initialState("/m.onnx");
  const kept = { ...own, style: "signed" as const };
  assert.equal(newerState(own, kept), kept);
  assert.equal(newerState(own, { ...kept, panel: "another" }), own);
  assert.equal(newerState(undefined, kept), kept);
  assert.equal(newerState(own, undefined), own);
});

test("an intent is a few kilobytes at most", () => {
  assert.ok(JSON.stringify(initialState("/m.onnx")).length < 1024);
});

test("the leading map comes first, and alone if it stands alone", () => {
  const state = { ...initialState("/m.onnx"), leading: "grad-cam" };
  assert.deepEqual(shownMethods(state), ["grad-cam", "smoothgrad", "integrated-gradients"]);
  assert.deepEqual(shownMethods({ ...state, arrangement: "alone" }), ["grad-cam"]);
  assert.deepEqual(shownMethods({ ...state, leading: "gone" })[0], "smoothgrad");
});

test("only the target of one logit is a class", () => {
  assert.deepEqual(
    [classOf("logit:281"), classOf("logit:281 - logit:285"), classOf(undefined)],
    [281, undefined, undefined],
  );
});
