/** Small networks that people's files were like, each against what is right: PyTorch in float64, or a closed form. */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { readNpz } from "../../src/formats/numpy/npz.ts";
import { memorySource } from "../../src/formats/source.ts";
import { toFloat64 } from "../../src/tensor/tensor.ts";
import { heatmapOf, PictureAsker } from "./picture-asker.ts";

const cases = path.join(process.env["GLASSBOX_ROOT"] ?? process.cwd(), "test", "cases");
const pictures = new PictureAsker();

const gradient = async (folder: string, model: string, input: string) => {
  const answer = await pictures.ask({
    analysis: "gradient",
    model: path.join(cases, folder, model),
    subject: { kind: "picture", input: { path: path.join(cases, input) } },
  });
  return { values: toFloat64(heatmapOf(answer).values), certificate: answer.certificate };
};

const right = (folder: string, name: string): Float64Array =>
  toFloat64(readNpz(memorySource(name, fs.readFileSync(path.join(cases, folder, name)))).get("gradient")!);

const near = (found: Float64Array, expected: Float64Array, tolerance: number): void => {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  assert.equal(found.length, expected.length);
  expected.forEach((value, i) =>
    assert.ok(Math.abs(found[i]! - value) <= tolerance * largest, `${i}: ${found[i]}, not ${value}`),
  );
};

test("a spatial transformer: the picture's path and the grid's are each counted once", async () => {
  const { values, certificate } = await gradient(
    "spatial-transformer",
    "stn-opset20.onnx",
    "spatial-transformer/x.npy",
  );
  near(values, right("spatial-transformer", "right.npz"), 1e-3);
  assert.ok(Math.abs(values[13 * 28 + 12]! - 0.0627) < 1e-4, `${values[13 * 28 + 12]}`);
  assert.equal(certificate.find(({ id }) => id === "slope")?.status, "pass");
});

test("a linear network with dynamic quantisation: its gradient is its weights", async () => {
  const { values, certificate } = await gradient("dynamic-quantised", "mini.onnx", "dynamic-quantised/x8.npy");
  near(values, right("dynamic-quantised", "mini_right.npz"), 1e-4);
  assert.equal(certificate.find(({ id }) => id === "slope")?.status, "pass");
});

test("an empty roi means that there is none: linear and nearest run", async () => {
  for (const name of ["linear-opset11", "nearest-opset11", "nearest-opset13-no-roi"]) {
    const { values, certificate } = await gradient("resize-empty-roi", `${name}.onnx`, "x64.npy");
    assert.ok(values.some((value) => value !== 0));
    assert.notEqual(certificate.find(({ id }) => id === "slope")?.status, "fail", name);
  }
});

test("an output named score is the model's, and so is an inner value", async () => {
  const named = await gradient("value-named-score", "output-named-score.onnx", "value-named-score/x16.npy");
  assert.ok(named.values.every(Number.isFinite) && named.values.some((value) => value !== 0));
  const { values } = await gradient("value-named-score", "cntk-opset7.onnx", "x64.npy");
  near(values, right("value-named-score", "right.npz"), 1e-3);
});
