import assert from "node:assert/strict";
import { test } from "node:test";
import { newerState, newPanelState, restored, type PanelState } from "./panel-state.ts";

interface Example extends PanelState {
  readonly style: string;
  readonly picture: string | undefined;
}

const initial = (model: string): Example => ({ ...newPanelState(model), style: "where", picture: undefined });

test("what the host kept of this panel is newer than what VS Code saved of it; of another panel it is nothing", () => {
  const own = initial("/m.onnx");
  const kept = { ...own, style: "signed" };
  assert.equal(newerState(own, kept), kept);
  assert.equal(newerState(own, { ...kept, panel: "another" }), own);
  assert.equal(newerState(undefined, kept), kept);
  assert.equal(newerState(own, undefined), own);
});

test("what is asked for lies on what a panel begins with, and what it leaves open is filled in", () => {
  const state = restored({ version: 1, model: "/m.onnx", picture: "/cat.png", style: undefined }, initial);
  assert.equal(state?.picture, "/cat.png");
  assert.equal(state?.style, "where");
  assert.equal(typeof state?.panel, "string");
});

test("nothing comes back from another version, from nothing, or without a model", () => {
  for (const saved of [undefined, null, {}, { version: 2, model: "/m.onnx" }, { version: 1 }])
    assert.equal(restored(saved, initial), undefined);
});
