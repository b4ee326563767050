/** The whole chain from activations to labels against NumPy, SciPy and Pillow; see test/oracles/dissection.py. */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { emptyBits, setBit, areaOf } from "../../data/concepts/bits.ts";
import type { ConceptTable } from "./concept-table.ts";
import { FormulaSearch } from "./formulas.ts";
import { iouOf } from "./labels.ts";
import { liteQuantile, overPicture } from "./lite.ts";
import { Tally } from "./tally.ts";
import { TopValues } from "./top-values.ts";
import { UnitWords } from "./unit-words.ts";
import { UpsampledMask } from "./upsampled-mask.ts";

interface Oracle {
  readonly quantile: number;
  readonly field: { readonly offset: number; readonly step: number };
  readonly cells: number;
  readonly points: number;
  readonly categories: readonly string[];
  readonly activations: readonly (readonly (readonly number[])[])[];
  readonly masks: readonly (readonly string[])[];
  readonly thresholds: Readonly<Record<"paper" | "lite", readonly number[]>>;
  readonly ious: Readonly<Record<"paper" | "lite", readonly (readonly number[])[]>>;
  readonly compositional: readonly { readonly iou: number }[];
}

const file = path.join(process.env.GLASSBOX_ROOT ?? process.cwd(), "test", "oracles", "dissection.json");
const oracle = JSON.parse(fs.readFileSync(file, "utf8")) as Oracle;
const { cells, points, activations, field } = oracle;
const units = activations[0]!.length;
const positions = cells * cells;
const pictures = activations.map((of) => Float32Array.from(of.flat()));
const grid = {
  rows: cells,
  columns: cells,
  offset: [field.offset, field.offset],
  step: [field.step, field.step],
} as const;

const table: ConceptTable = (() => {
  const concepts = oracle.categories.map((category, i) => ({ name: `concept ${i}`, category }));
  const categories = [...new Set(oracle.categories)];
  const bitsOf = (text: string): Uint32Array => {
    const bits = emptyBits(text.length);
    [...text].forEach((digit, point) => digit === "1" && setBit(bits, point));
    return bits;
  };
  const masks = oracle.masks.map((of) =>
    of.flatMap((text, concept) => (text.includes("1") ? [{ concept, bits: bitsOf(text) }] : [])),
  );
  const areas = new Float64Array(concepts.length);
  for (const { concept, bits } of masks.flat()) areas[concept] = areas[concept]! + areaOf(bits);
  return {
    concepts,
    categories,
    categoryOf: Int32Array.from(oracle.categories, (name) => categories.indexOf(name)),
    points: [points, points],
    pictures: masks,
    areas,
    counts: new Int32Array(concepts.length),
    notes: [],
  };
})();

function dissect(variant: "paper" | "lite") {
  const share = variant === "lite" ? liteQuantile(oracle.quantile) : 1 - oracle.quantile;
  const top = new TopValues(units, TopValues.needed(pictures.length * positions, share));
  for (const values of pictures)
    for (let unit = 0; unit < units; unit++) top.add(unit, values, unit * positions, positions);
  const thresholds = Array.from({ length: units }, (_, unit) => top.quantile(unit, share));
  const size = [points, points] as const;
  const upsampled = new UpsampledMask(variant === "lite" ? overPicture(grid, size) : grid, size, size);
  const tally = new Tally(units, table);
  const words = new UnitWords(units);
  pictures.forEach((values, picture) => {
    for (let unit = 0; unit < units; unit++) {
      const mask = upsampled.above(values, unit * positions, thresholds[unit]!);
      tally.add(unit, picture, mask);
      words.add(unit, picture, mask);
    }
  });
  return { thresholds, tally, words };
}

for (const variant of ["paper", "lite"] as const)
  test(`thresholds and IoU agree with NumPy to 1e-9: ${variant}`, () => {
    const { thresholds, tally } = dissect(variant);
    thresholds.forEach((value, unit) => assert.ok(Math.abs(value - oracle.thresholds[variant][unit]!) < 1e-9));
    let found = 0;
    oracle.ious[variant].forEach((of, unit) =>
      of.forEach((iou, concept) => {
        const own = iouOf(table, tally.overlaps, unit, concept, variant);
        assert.ok(Math.abs(own - iou) < 1e-9, `unit ${unit}, concept ${concept}: ${own}, not ${iou}`);
        if (iou > 0.04) found++;
      }),
    );
    assert.ok(found >= 3, "there is something to find");
  });

test("the best formula is as good as that of a search which evaluates every candidate", () => {
  const { words } = dissect("paper");
  const search = new FormulaSearch(table, { beam: 5, length: 3, penalty: 1 });
  oracle.compositional.forEach(({ iou }, unit) => {
    const best = search.best(words.of(unit))!;
    assert.ok(Math.abs(best.iou - iou) < 1e-9, `unit ${unit}: ${best.iou}, not ${iou}`);
  });
});
