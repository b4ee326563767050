import assert from "node:assert/strict";
import { test } from "node:test";
import { foldsOf, splitRows } from "../../data/split.ts";
import { referenceRuntime } from "../../runtime/reference/reference.ts";
import { Random } from "../../tensor/random.ts";
import { balancedInterval, pointOf } from "./point.ts";
import { probe, type Task } from "./probe.ts";
import { scoresOf } from "./scores.ts";
import type { Features } from "./design.ts";

const rows = 240;
const columns = 12;
const random = new Random(4);
const labels = Int32Array.from({ length: rows }, () => random.integer(3));
/** The first two features determine the class, the others are noise; each has a different scale. */
const data = Float64Array.from({ length: rows * columns }, (_, i) => {
  const [row, column] = [Math.floor(i / columns), i % columns];
  const signal = column === 0 ? (labels[row] === 0 ? 2 : 0) : column === 1 ? (labels[row] === 1 ? 2 : 0) : 0;
  return (signal + random.normal()) * 10 ** (column % 4) + column;
});
const features: Features = { rows, columns, data };
const own = Int32Array.from({ length: rows }, (_, i) => i);
const split = splitRows(labels, own, 0.3, 1);
const task: Task = { labels, classes: 3, split, folds: foldsOf(split.train, labels, own, 5, 2) };
const probed = await probe(features, task, referenceRuntime, 7);

const accuracy = (probabilities: Float64Array, rowsOf: Int32Array): number =>
  scoresOf(
    probabilities,
    rowsOf.map((row) => labels[row]!),
    3,
  ).accuracy;

test("an existing signal is decoded, shuffled labels are not", () => {
  assert.ok(accuracy(probed.real.test, split.test) > 0.7);
  assert.ok(accuracy(probed.shuffled!.test, split.test) < 0.5);
  assert.ok(probed.real.distance <= 1e-6);
});

test("test rows have no influence: other test rows do not change C, its loss or any training probability", async () => {
  const other = data.slice();
  for (const row of split.test) for (let c = 0; c < columns; c++) other[row * columns + c] = 1e3 * random.normal();
  const again = await probe({ rows, columns, data: other }, task, referenceRuntime, undefined);
  assert.equal(again.real.C, probed.real.C);
  assert.equal(again.real.validationLoss, probed.real.validationLoss);
  assert.deepEqual(again.real.train, probed.real.train);
});

test("the scale of a feature does not matter, because features are standardised", async () => {
  const scaled = data.map((value, i) => (i % columns === 0 ? value * 1000 - 5 : value));
  const again = await probe({ rows, columns, data: scaled }, task, referenceRuntime, undefined);
  assert.equal(again.real.C, probed.real.C);
  again.real.test.forEach((value, i) => assert.ok(Math.abs(value - probed.real.test[i]!) < 1e-5));
});

test("a feature that is constant up to rounding on training rows, but not on test rows, has no influence", async () => {
  const constant = data.slice();
  for (const row of split.train) constant[row * columns] = 0.1;
  const without = constant.slice();
  for (let row = 0; row < rows; row++) without[row * columns] = 0.1;
  const [varied, flat] = [
    await probe({ rows, columns, data: constant }, task, referenceRuntime, undefined),
    await probe({ rows, columns, data: without }, task, referenceRuntime, undefined),
  ];
  varied.real.test.forEach((value, i) => assert.ok(Math.abs(value - flat.real.test[i]!) < 1e-3));
});

test("features that are not finite are rejected, with row and column", async () => {
  const broken = data.slice();
  broken[5 * columns + 3] = Number.NaN;
  await assert.rejects(
    probe({ rows, columns, data: broken }, task, referenceRuntime, undefined),
    /feature 3 of row 5 is NaN/,
  );
});

test("a point's confusion matrix counts every test row, and it lists the most and least certain rows", () => {
  const train = split.train.map((row) => labels[row]!);
  const point = pointOf(
    { series: "trained", site: "s", depth: 0, features: columns },
    probed.real,
    task,
    train,
    (row) => `row ${row}`,
  );
  assert.equal(
    point.confusion.reduce((sum, n) => sum + n, 0),
    split.test.length,
  );
  assert.ok(point.best.every(({ probability }) => probability >= point.worst.at(-1)!.probability));
  for (const { row, truth } of [...point.best, ...point.worst]) assert.equal(truth, labels[row]);
  assert.ok(point.accuracyInterval[0] < point.test.accuracy && point.test.accuracy < point.accuracyInterval[1]);
});

test("the interval of a balanced accuracy covers the truth about 95 times in 100", () => {
  const recalls = [0.9, 0.6, 0.75];
  const counts = [200, 20, 60];
  const truth = recalls.reduce((sum, recall) => sum + recall, 0) / 3;
  const draw = new Random(9);
  let covered = 0;
  for (let trial = 0; trial < 600; trial++) {
    const confusion = new Int32Array(9);
    recalls.forEach((recall, k) => {
      for (let i = 0; i < counts[k]!; i++) confusion[k * 3 + (draw.uniform() < recall ? k : (k + 1) % 3)]!++;
    });
    const balancedAccuracy = recalls.reduce((sum, _, k) => sum + confusion[k * 4]! / counts[k]!, 0) / 3;
    const [low, high] = balancedInterval({ confusion, balancedAccuracy, accuracy: 0, logLoss: 0, rows: 280 }, 3);
    if (low <= truth && truth <= high) covered++;
  }
  assert.ok(covered / 600 > 0.92 && covered / 600 < 0.99, `${covered} of 600`);
});
