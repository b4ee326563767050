import assert from "node:assert/strict";
import { test } from "node:test";
import { analysisCards } from "../../src/methods/table.ts";
import * as states from "./state.ts";
import { classOf, shownMethods } from "./state.ts";

const initialState = (model: string) => states.initialState(model, analysisCards);
const restoredState = (saved: unknown) => states.restoredState(saved, analysisCards);

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

test("where nobody chose, the analyses say which maps are asked; one that is gone falls out", () => {
  const { methods, leading } = initialState("/m.onnx");
  assert.deepEqual(methods, ["smoothgrad", "integrated-gradients", "grad-cam"]);
  assert.equal(leading, "smoothgrad");
  const saved = { ...initialState("/m.onnx"), methods: ["gone", "gradient"] };
  assert.deepEqual(restoredState(saved)!.methods, ["gradient"]);
  assert.deepEqual(restoredState({ ...saved, methods: ["gone"] })!.methods, methods);
});
