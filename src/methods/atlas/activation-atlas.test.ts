import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { cellCentres } from "../../data/concepts/concepts.ts";
import { conceptDataset } from "../../data/datasets/concept-set.ts";
import type { Pictures } from "../../protocol/generic-answers.ts";
import type { OptionValues } from "../../protocol/result.ts";
import { onnxRuntime } from "../../runtime/onnxruntime/onnxruntime.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { WeightStore } from "../../runtime/weight-store.ts";
import { float32 } from "../../tensor/tensor.ts";
import type { Outcome } from "../analysis.ts";
import type { DataContext } from "../contexts.ts";
import { plantedNetwork, plantedSide } from "../dissection/planted-network.ts";
import { unitGrid } from "../dissection/unit-grid.ts";
import { Network } from "../network.ts";
import { parseOptions, readOptions } from "../option.ts";
import { activationAtlas } from "./activation-atlas.ts";
import { cellsOf, commonest, inUnitSquare } from "./cells.ts";
import { patchReader } from "./patches.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-atlas-"));
let runtime: Runtime;
before(async () => (runtime = await onnxRuntime(new WeightStore(folder))));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

const dataset = conceptDataset({ count: 60, seed: 5 });
const size = { width: plantedSide, height: plantedSide };

/** [count, 3, row, column] of RGB from 0 to 1; NaN in the pictures of `broken`. */
function pixels(start: number, count: number, broken: ReadonlySet<number>) {
  const pixelsOfPicture = plantedSide ** 2;
  const values = new Float32Array(count * 3 * pixelsOfPicture);
  for (let i = 0; i < count; i++) {
    if (dataset.samples.kind !== "pictures") throw new Error("these are pictures");
    const { data: rgb } = dataset.samples.read(start + i, size);
    for (let c = 0; c < 3; c++)
      for (let p = 0; p < pixelsOfPicture; p++)
        values[(i * 3 + c) * pixelsOfPicture + p] = broken.has(start + i) ? Number.NaN : rgb[p * 3 + c]! / 255;
  }
  return float32([count, 3, plantedSide, plantedSide], values);
}

async function atlas(
  options: OptionValues = {},
  context: Partial<DataContext> = {},
  broken: ReadonlySet<number> = new Set(),
): Promise<Outcome<Pictures>> {
  const small = { site: "units", perPicture: 4, neighbours: 10, grid: 6, levels: 2, patch: 0.2 };
  const values = readOptions(activationAtlas.options, { ...small, ...options });
  const steps = activationAtlas.run({
    network: new Network(plantedNetwork(), runtime, 2 ** 31),
    dataset,
    label: [...dataset.labels.values()][0]!,
    samples: {
      rows: { count: dataset.count, rows: (start, count) => pixels(start, count, broken) },
      raw: undefined,
      pointsOf: (_, [rows, columns]) => cellCentres(columns, rows),
    },
    runtime,
    activations: undefined as never,
    ask: () => assert.fail("it asks no other analysis"),
    variant: () => assert.fail("it has no control"),
    cancelled: () => false,
    memoryBudgetBytes: 2 ** 31,
    parts: { get: () => undefined, put: () => undefined, drop: () => undefined },
    ...context,
    options: parseOptions(activationAtlas.options, values),
  });
  for (;;) {
    const step = await steps.next();
    if (step.done) return step.value;
  }
}

test("an atlas has its layout, its zoom levels and the real patches of every cell, the same for the same seed", async () => {
  const { data, certificate } = await atlas();
  const names = data.pictures.map(({ name }) => name);
  assert.deepEqual(names.slice(0, 3), ["layout", "6 × 6 cells", "12 × 12 cells"]);
  const coverage = certificate.find(({ id }) => id === "coverage")!.numbers;
  assert.equal(coverage["activations"], 240);
  const inCells = data.pictures.slice(3).map(({ caption }) => Number(/^(\d+) activations/.exec(caption)![1]));
  assert.equal(
    inCells.reduce((sum, count) => sum + count, 0),
    coverage["shown"],
  );
  assert.ok(inCells.length > 3 && inCells.every((count) => count >= 3));
  assert.deepEqual((await atlas()).data, data);
  assert.notDeepEqual((await atlas({ seed: 1 })).data, data);
});

test("a patch shows the pixels of its picture around the position", async () => {
  const network = new Network(plantedNetwork(), runtime, 2 ** 31);
  const { field } = unitGrid(network, "units");
  const pointsOf = (_: number, [rows, columns]: readonly [number, number]) => cellCentres(columns, rows);
  const context = {
    dataset,
    network,
    samples: { rows: { count: 0, rows: () => assert.fail("not read") }, raw: undefined, pointsOf },
  };
  const whole = patchReader(context, field, 1, plantedSide)({ picture: 7, row: 3, column: 5 });
  if (dataset.samples.kind !== "pictures") throw new Error("these are pictures");
  const { data } = dataset.samples.read(7, size);
  assert.deepEqual(whole.rgb, Uint8Array.from(data));
  const part = patchReader(context, field, 0.25, plantedSide / 4)({ picture: 7, row: 3, column: 5 });
  const top = Math.max(0, Math.floor(field.offset[0] + 3 * field.step[0] + 0.5 - plantedSide / 8));
  const left = Math.max(0, Math.floor(field.offset[1] + 5 * field.step[1] + 0.5 - plantedSide / 8));
  const first = (top * plantedSide + left) * 3;
  assert.deepEqual(part.rgb.subarray(0, 30), Uint8Array.from(data.subarray(first, first + 30)));
});

test("activations that are not finite are left out, and the certificate says so", async () => {
  const { certificate } = await atlas({}, {}, new Set([3, 7]));
  const coverage = certificate.find(({ id }) => id === "coverage")!;
  assert.equal(coverage.status, "warn");
  assert.deepEqual([coverage.numbers["activations"], coverage.numbers["notFinite"]], [232, 8]);
});

test("a cancelled atlas is empty", async () => {
  assert.deepEqual((await atlas({}, { cancelled: () => true })).data.pictures, []);
});

test("too many activations, too few and samples without pictures are refused", async () => {
  await assert.rejects(atlas({ perPicture: 400 }), /an atlas of [\d,]+ activations was asked for/);
  await assert.rejects(atlas({ perPicture: 1, neighbours: 61 }), /60 activations were found, and 61 neighbours/);
  const tensors = { kind: "tensors", values: float32([60, 1], new Float32Array(60)) } as const;
  await assert.rejects(atlas({}, { dataset: { ...dataset, samples: tensors } }), /an atlas needs pictures/);
});

test("a layout fills the unit square but for its margin, and far points lie on the border", () => {
  const layout = Float64Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? i / 2 : 7));
  layout[0] = -1e6;
  const square = inUnitSquare(layout);
  assert.equal(square[0], 0);
  assert.ok(Math.abs(square[2]! - 0.1 / 1.2) < 1e-9);
  assert.ok(square.every((share, i) => i % 2 === 0 || share === 0.5));
});

test("a cell's members are ordered by their distance from its mean, and sparse cells are left out", () => {
  const points = { count: 5, features: 1, values: Float64Array.of(0, 10, 4, 3, 100) };
  const square = Float64Array.of(0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.4, 0.4, 0.9, 1);
  const cells = cellsOf(points, square, 2, 2);
  assert.deepEqual(cells, [{ row: 0, column: 0, members: Int32Array.of(2, 3, 0, 1) }]);
  assert.deepEqual(commonest([2, 1, 1, 2, 3]), { label: 1, share: 0.4 });
});
