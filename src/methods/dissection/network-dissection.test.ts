import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { cellCentres, type Concepts, type SamplePoints } from "../../data/concepts/concepts.ts";
import { conceptDataset } from "../../data/datasets/concept-set.ts";
import type { Dataset } from "../../data/datasets/dataset.ts";
import { countOf, significantOf, type Dissection } from "../../protocol/dissection.ts";
import type { OptionValues } from "../../protocol/result.ts";
import { onnxRuntime } from "../../runtime/onnxruntime/onnxruntime.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { WeightStore } from "../../runtime/weight-store.ts";
import { Random } from "../../tensor/random.ts";
import { float32 } from "../../tensor/tensor.ts";
import type { DataContext } from "../contexts.ts";
import { Network } from "../network.ts";
import { parseOptions, readOptions } from "../option.ts";
import { networkDissection } from "./network-dissection.ts";
import { planted, plantedNetwork, plantedSide } from "./planted-network.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-dissection-"));
let runtime: Runtime;
before(async () => (runtime = await onnxRuntime(new WeightStore(folder))));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

const data = conceptDataset({ count: 120, seed: 5 });
const size = { width: plantedSide, height: plantedSide };

/** [count, 3, row, column] of RGB from 0 to 1. */
function pixels({ samples }: Dataset, start: number, count: number) {
  const values = new Float32Array(count * 3 * plantedSide ** 2);
  for (let i = 0; i < count; i++) {
    if (samples.kind !== "pictures") throw new Error("these are pictures");
    const { data: rgb } = samples.read(start + i, size);
    for (let c = 0; c < 3; c++)
      for (let p = 0; p < plantedSide ** 2; p++) values[(i * 3 + c) * plantedSide ** 2 + p] = rgb[p * 3 + c]! / 255;
  }
  return float32([count, 3, plantedSide, plantedSide], values);
}

const known = new Map<number, SamplePoints>();
/** All pictures share their points. */
function pointsOf(rows: number, columns: number): SamplePoints {
  const points = known.get(rows) ?? cellCentres(columns, rows);
  known.set(rows, points);
  return points;
}

async function dissect(
  dataset: Dataset,
  options: OptionValues,
  context: Partial<DataContext> = {},
): Promise<Dissection> {
  const network = new Network(plantedNetwork(), runtime, 2 ** 31);
  const common = {
    site: "units",
    ablations: 0,
    random: false,
    rotated: false,
    shuffles: 20,
    bootstraps: 20,
    points: 56,
  };
  const values = readOptions(networkDissection.options, { ...common, ...options });
  const steps = networkDissection.run({
    network,
    dataset,
    label: [...dataset.labels.values()][0]!,
    samples: {
      rows: { count: dataset.count, rows: (start, count) => pixels(dataset, start, count) },
      raw: undefined,
      pointsOf: (_, [rows, columns]) => pointsOf(rows, columns),
    },
    runtime,
    activations: undefined as never,
    ask: () => assert.fail("it asks no other analysis"),
    variant: () => assert.fail("no control was asked for"),
    cancelled: () => false,
    memoryBudgetBytes: 2 ** 31,
    parts: { get: () => undefined, put: () => undefined, drop: () => undefined },
    ...context,
    options: parseOptions(networkDissection.options, values),
  });
  for (;;) {
    const step = await steps.next();
    if (step.done) return step.value.data;
  }
}

const recovered = ({ units, limit }: Dissection): number =>
  units.filter(({ label, iou = 0 }, unit) => label === planted[unit] && iou > limit).length;
const detectors = planted.filter((name) => name !== "").length;

let found: Dissection;

test("at least nine of ten planted detectors are recovered, beyond chance, and the silent unit is said to be silent", async () => {
  found = await dissect(data, { rotated: true });
  const wrong = found.units.filter(({ label }, unit) => (label ?? "") !== planted[unit]);
  assert.ok(
    recovered(found) >= 0.9 * detectors,
    `not recovered: ${JSON.stringify(wrong.map((u) => [planted[u.unit], u.label, u.iou]))}`,
  );
  assert.equal(found.units.at(-1)!.state, "silent");
  assert.equal(countOf(found, "trained")!.units, detectors);
  const labelled = found.units.filter(({ state }) => state === "labelled");
  for (const { unit, q, category } of labelled) {
    // Exchanging pictures says nothing about what is the same in all of them.
    assert.equal(q === undefined, category === "position");
    assert.ok(q === undefined || q <= 0.05, `${planted[unit]} has q ${q}`);
  }
  assert.ok(labelled.filter(({ stability }) => stability! > 0.9).length >= 0.8 * detectors);
});

test("in a rotated copy no unit is aligned: far fewer are recovered, and the control says so", async () => {
  const rotated = await dissect(data, { site: "rotated", shuffles: 0, bootstraps: 0 });
  assert.ok(recovered(rotated) <= 0.25 * detectors);
  assert.ok(countOf(found, "rotated")!.uniqueLabels < countOf(found, "trained")!.uniqueLabels);
});

test("with the masks of other pictures, no unit is called at a false-discovery rate of 5 %", async () => {
  for (const seed of [1, 2]) {
    const order = new Random(seed).permutation(data.count);
    const exchanged: Concepts = {
      ...data.concepts!,
      masks: (row, points) => data.concepts!.masks(order[row]!, points),
    };
    const shuffled = await dissect({ ...data, concepts: exchanged }, { bootstraps: 0, seed });
    assert.deepEqual(
      significantOf(shuffled).map(({ unit }) => [planted[unit], shuffled.units[unit]!.q]),
      [],
    );
  }
});

test("formulas of concepts are at least as good as single concepts", async () => {
  const few = conceptDataset({ count: 60, seed: 5 });
  const single = await dissect(few, { variant: "compositional", length: 1 });
  const formulas = await dissect(few, { variant: "compositional" });
  formulas.units.forEach(({ iou = 0 }, unit) => assert.ok(iou >= (single.units[unit]!.iou ?? 0)));
  assert.ok(formulas.units.some(({ label = "" }) => / (AND|OR|AND NOT) /.test(label)));
});

test("less memory gives the same numbers, from a second evaluation instead of stored activations", async () => {
  const few = conceptDataset({ count: 60, seed: 5 });
  const options = { shuffles: 0, bootstraps: 0, points: 56 };
  const [stored, again] = [await dissect(few, options), await dissect(few, options, { memoryBudgetBytes: 2 ** 26 })];
  assert.deepEqual(again, stored);
});

test("a layer without a grid, one concept and samples without pictures are each refused in a sentence", async () => {
  await assert.rejects(dissect(data, { site: "pixel" }), /no site named pixel/);
  const one: Concepts = { list: [{ name: "sky", category: "object" }], masks: () => [], notes: [] };
  await assert.rejects(dissect({ ...data, concepts: one }, {}), /only one concept, sky/);
  const network = { rows: { count: 1, rows: () => float32([1], [0]) }, raw: undefined };
  await assert.rejects(dissect(data, {}, { samples: network }), /needs pictures, and these samples are tensors/);
});
