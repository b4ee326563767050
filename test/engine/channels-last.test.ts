/** A small Swin whose values are [batch, row, column, channel], against PyTorch in float64. */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { startEngine } from "../../src/engine/engine.ts";
import { startRuntime } from "../../src/engine/runtimes.ts";
import { readNpz } from "../../src/formats/numpy/npz.ts";
import { memorySource } from "../../src/formats/source.ts";
import type { NetworkCard } from "../../src/protocol/model.ts";
import { isGrid, unitSites } from "../../src/protocol/unit-sites.ts";
import { toFloat64 } from "../../src/tensor/tensor.ts";
import { heatmapOf, PictureAsker } from "./picture-asker.ts";

const cases = path.join(process.env["GLASSBOX_ROOT"] ?? process.cwd(), "test", "cases");
const model = path.join(cases, "channels-last", "swin.onnx");
const right = readNpz(memorySource("right", fs.readFileSync(path.join(cases, "channels-last", "swin_right.npz"))));
const subject = { kind: "picture", input: { path: path.join(cases, "x64.npy") } } as const;
const pictures = new PictureAsker();

const cam = (options: Readonly<Record<string, string>>) =>
  pictures.ask({ analysis: "grad-cam", model, subject, options: { evidence: "signed", ...options } });

for (const layer of ["", "layers.1.blocks.1", "layers.1.blocks.1.norm1", "layers.0.blocks.1", "norm"]) {
  test(`Grad-CAM at ${layer || "the default layer"} is PyTorch's`, async () => {
    const answer = await cam(layer ? { layer } : {});
    const expected = toFloat64(right.get(`cam_${(layer || "norm").replaceAll(".", "_")}`)!);
    const map = heatmapOf(answer);
    const side = Math.sqrt(expected.length);
    assert.deepEqual(answer.certificate.find(({ id }) => id === "cells")?.numbers, { rows: side, columns: side });
    const largest = Math.max(...expected.map(Math.abs));
    const values = toFloat64(map.values);
    assert.equal(values.length, expected.length);
    expected.forEach((value, i) =>
      assert.ok(Math.abs(values[i]! - value) < 1e-4 * largest, `${i}: ${values[i]}, ${value}`),
    );
  });
}

test("what has no grid says what its axes are", async () => {
  await assert.rejects(
    cam({ layer: "layers.0.blocks.1.attn.softmax" }),
    /no grid of rows and columns: its axes are batch × window/,
  );
});

test("sites name the channels, whatever axis they are, and units are channels", async () => {
  const { models } = startEngine(pictures.settings, startRuntime(pictures.settings));
  const card: NetworkCard = (await models.network(model)).card;
  const site = (name: string) => card.sites.find((each) => each.name === name)!;
  assert.deepEqual(site("norm").axes, ["batch", "row", "column", "channel"]);
  assert.deepEqual([site("norm").channels, site("norm").positions, site("norm").grid], [48, 64, [8, 8]]);
  assert.deepEqual([site("layers.0.blocks.1.attn").channels, site("layers.0.blocks.1.attn").positions], [24, 256]);
  assert.ok(!isGrid(site("layers.0.blocks.1.attn.softmax")));
  assert.ok(unitSites(card).some(({ name, channels }) => name === "layers.1.blocks.1" && channels! > 30));
});
