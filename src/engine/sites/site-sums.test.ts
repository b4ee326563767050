import assert from "node:assert/strict";
import { test } from "node:test";
import { layoutOf } from "../../graph/axes/layout.ts";
import { Builder } from "../../graph/builder.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { SiteSums } from "./site-sums.ts";

const b = new Builder(coreOperators);
/** [batch, channel, time] of 1, 2 and 2. */
const graph = b.finish([b.apply("GlobalAveragePool", [b.input("x", { dtype: "float32", shape: [1, 2, 2] })])]);

const near = (found: number, expected: number, tolerance: number, what: string): void =>
  assert.ok(Math.abs(found - expected) <= tolerance, `${what}: ${found}, expected ${expected}`);

test("mean, deviation, extremes and share above 0 are those of all values, however large their mean", () => {
  const sums = new SiteSums("a", layoutOf(graph, "x"));
  // Python: statistics.fmean and statistics.pstdev of the eight.
  sums.add(Float64Array.of(1e6, 1e6 + 2, -1, 3));
  sums.add(Float64Array.of(1e6 + 4, 1e6 + 6, 0, 2));
  const { mean, deviation, least, greatest, aboveZero, strongest } = sums.statistics;
  near(mean, 500002, 1e-6, "mean");
  near(deviation, 500001.00000374997, 1e-6, "deviation");
  assert.deepEqual([least, greatest, aboveZero], [-1, 1e6 + 6, 0.75]);
  assert.deepEqual(strongest, [
    { channel: 0, mean: 1000003 },
    { channel: 1, mean: 1 },
  ]);
});

test("a site without channels has no strongest ones", () => {
  const sums = new SiteSums("a", undefined);
  sums.add(Float64Array.of(2, 4, 4, 6));
  near(sums.statistics.deviation, Math.SQRT2, 1e-12, "deviation");
  assert.deepEqual(sums.statistics.strongest, []);
});
