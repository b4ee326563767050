import assert from "node:assert/strict";
import { test } from "node:test";
import { analysisCards } from "../../src/methods/table.ts";
import { analysisGiving, differing, withDefaults } from "./analyses.ts";

test("every view finds its analysis by what it gives, and the estimate of patching by its flag", () => {
  const kinds = [
    "token-distributions",
    "generated",
    "attention-patterns",
    "attention-weights",
    "lens",
    "direct-attribution",
  ] as const;
  for (const kind of kinds) assert.equal(analysisGiving(analysisCards, kind)?.gives, kind);
  const exact = analysisGiving(analysisCards, "patched");
  const estimate = analysisGiving(analysisCards, "patched", "estimate");
  assert.deepEqual([exact?.title, estimate?.title], ["Activation patching", "Attribution patching"]);
  assert.equal(analysisGiving([], "lens"), undefined);
});

test("only options that differ from their defaults are asked", () => {
  const generating = analysisGiving(analysisCards, "generated")!;
  assert.deepEqual(differing(generating, { temperature: 0, seed: 7, stop: "" }), { seed: 7 });
  const { temperature, seed } = withDefaults(generating, { seed: 7 });
  assert.deepEqual([temperature, seed], [0, 7]);
});
