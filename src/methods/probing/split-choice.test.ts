import assert from "node:assert/strict";
import { test } from "node:test";
import { labelOf, openDataset } from "../../data/datasets/open.ts";
import { parseOptions, readOptions } from "../option.ts";
import { probeOptions } from "./options.ts";
import { chooseSplit } from "./split-choice.ts";

const defaults = parseOptions(probeOptions, readOptions(probeOptions, {}));
const dataset = openDataset("procedural:1200:3");
const splitFor = (name: string, data = dataset) => chooseSplit(data, labelOf(data, name), defaults).task;

test("all labels of a dataset share one split, which is stratified by each of them", () => {
  const first = splitFor("shape");
  for (const name of dataset.labels.keys()) {
    const { split, labels, classes } = splitFor(name);
    assert.deepEqual(split, first.split, name);
    for (let k = 0; k < classes; k++) {
      const all = labels.filter((value) => value === k).length;
      const held = split.test.filter((row) => labels[row] === k).length;
      assert.ok(
        Math.abs(held - defaults.testShare * all) <= 0.1 * defaults.testShare * all + 1,
        `${name} ${k}: ${held} of ${all}`,
      );
    }
  }
});

test("a label with a class too rare for the common split gets its own, with that class on both sides", () => {
  // 1,200 rows, 6 of them rare, and an unrelated label.
  const values = Int32Array.from({ length: dataset.count }, (_, row) => (row % 200 === 7 ? 1 : 0));
  const odd = {
    ...dataset,
    labels: new Map([
      [
        "number",
        {
          name: "number",
          classes: Array.from({ length: 1200 }, (_, i) => `${i}`),
          values: Int32Array.from(values, (_, row) => (row * 7) % 1200),
        },
      ],
      ["rare", { name: "rare", classes: ["no", "yes"], values }],
    ]),
  };
  const { split } = chooseSplit(odd, odd.labels.get("rare")!, { ...defaults, folds: 2 }).task;
  const held = split.test.filter((row) => values[row] === 1).length;
  assert.ok(held >= 1 && held <= 3, `${held} of 6`);
});
