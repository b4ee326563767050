import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyGrid, judgementOf, patchGridOf, sizeOf, withPart } from "./recovery.ts";

const grid = [
  { kind: "baseline", clean: 6, corrupted: -4, columns: 2 } as const,
  { kind: "layer", layer: 0, cells: Float64Array.of(-4, 1) } as const,
].reduce(withPart, emptyGrid);

test("put back, a cell is judged by its way from the corrupted to the clean answer", () => {
  const judgement = judgementOf(grid, "denoise")!;
  assert.deepEqual(
    [judgement.kind, sizeOf(-4, judgement), sizeOf(1, judgement), sizeOf(6, judgement)],
    ["share", 0, 0.5, 1],
  );
});

test("put in, by its way from the clean to the corrupted one", () => {
  const judgement = judgementOf(grid, "noise")!;
  assert.deepEqual([Math.abs(sizeOf(6, judgement)), sizeOf(1, judgement)], [0, 0.5]);
});

test("ablations, and pairs that answer alike, are changes in units of the largest", () => {
  assert.deepEqual(judgementOf(grid, "zero"), { kind: "change", base: 6, unit: 10 });
  assert.equal(judgementOf({ ...grid, corrupted: 6 }, "denoise")?.kind, "change");
  assert.equal(judgementOf(emptyGrid, "denoise"), undefined, "nothing is known before the baseline");
});

test("a whole answer gives the same grid as its parts; layers that were not computed are left out", () => {
  const data = {
    kind: "patched",
    component: "resid_pre",
    cleanTokens: Int32Array.of(1, 2),
    corruptedTokens: Int32Array.of(1, 3),
    clean: 6,
    corrupted: -4,
    layers: 2,
    columns: 2,
    cells: Float64Array.of(-4, 1, Number.NaN, Number.NaN),
    metric: { kind: "divergence" },
    names: [],
    shown: [],
  } as const;
  const result = { data, certificate: [], code: { cli: "" }, provenance: {} as never };
  assert.deepEqual(patchGridOf({ result, parts: [] }), grid);
  assert.deepEqual(
    patchGridOf({ result: undefined, parts: [{ kind: "baseline", clean: 6, corrupted: -4, columns: 2 }] }).layers.size,
    0,
  );
});
