import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { formulaImage, oracleInput } from "../../../test/oracles/vision-input.ts";
import { array64 } from "../../graph/array64.ts";
import { evaluate } from "../../graph/evaluate.ts";
import type { Graph } from "../../graph/graph.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import type { Imported } from "../imported.ts";
import { openOnnx } from "./open.ts";

const models = path.resolve(process.env["GLASSBOX_ROOT"] ?? ".", "../shared/models");
const efficientNet = path.join(models, "efficientnet-lite0-imagenet.onnx");
const squeezeNet = path.join(models, "squeezenet1.0-imagenet-fp16.onnx");
const skip = [efficientNet, squeezeNet].every((file) => fs.existsSync(file))
  ? false
  : "the sample models are not here (../shared/models)";

function imported(file: string, batch?: number): Imported {
  const model = openOnnx(file);
  const result = model.importWith(batch === undefined ? {} : { batch });
  // Weights are read now: the file is closed when a test ends.
  for (const constant of result.graph.constants.values()) constant.load();
  return result;
}

const counts = (graph: Graph): Record<string, number> => {
  const found: Record<string, number> = {};
  for (const { op } of graph.nodes) found[op] = (found[op] ?? 0) + 1;
  return found;
};

test("EfficientNet-Lite0 imports to its arithmetic: the casts of its float16 weights are gone", { skip }, () => {
  const { graph, inputs, outputs, notes, operators, facts } = imported(efficientNet);
  assert.deepEqual(counts(graph), { Conv: 49, Clip: 33, Add: 9, ReduceMean: 1, Reshape: 1, Gemm: 1 });
  assert.equal(operators.get("Cast"), 73);
  assert.deepEqual(
    inputs.map(({ name, symbolicShape, shape }) => [name, symbolicShape, shape]),
    [["image", ["batch", 3, 224, 224], [1, 3, 224, 224]]],
  );
  assert.deepEqual(
    outputs.map(({ name, value, shape }) => [name, value, shape]),
    [["logits", "logits", [1, 1000]]],
  );
  assert.deepEqual(
    notes.map(({ text }) => text),
    ["float16 weights widened to float32"],
  );
  assert.deepEqual(
    facts.map(({ name }) => name),
    ["opset", "producer"],
  );
  assert.equal(facts[0]?.value, "18");
  assert.match(facts[1]!.value, /^pytorch 2/);
});

test(
  "EfficientNet-Lite0's sites carry PyTorch's module paths, a module called twice counts its calls",
  { skip },
  () => {
    const { graph } = imported(efficientNet);
    const sites = new Map(graph.sites.map((site) => [site.name, site]));
    assert.equal(sites.size, graph.sites.length, "names are unique");
    assert.equal(sites.get("_blocks.2")!.value, "add", "a block's site is its sum");
    assert.equal(sites.get("_blocks.2._bn2")!.value, "getitem_24");
    assert.equal(sites.get("_swish#2")!.value, "hardtanh_32", "the last activation before pooling");
    assert.deepEqual(sites.get("_fc"), { name: "_fc", value: "logits", axes: ["batch", "feature"], role: "Gemm" });
    assert.equal(sites.get("_swish")?.activation, true);
    assert.deepEqual(sites.get("_avg_pooling")!.axes, ["batch", "channel", "row", "column"]);
  },
);

test("SqueezeNet imports to its arithmetic", { skip }, () => {
  const { graph, inputs, outputs } = imported(squeezeNet);
  assert.deepEqual(counts(graph), { Conv: 26, Relu: 26, MaxPool: 3, Concat: 8, GlobalAveragePool: 1, Softmax: 1 });
  assert.equal(inputs[0]!.elementType, "float16");
  assert.equal(inputs[0]!.dtype, "float32");
  assert.ok(graph.types.has("pool10_1"), "the logits keep their name");
  assert.equal(outputs.length, 1);
});

test("SqueezeNet, exported for one sample, computes two at once as it computes each", { skip }, () => {
  const pixels = formulaImage();
  const convention = { channels: "BGR", scale: 1, mean: [104, 117, 123], std: [1, 1, 1] } as const;
  const first = oracleInput(pixels, convention);
  const second = oracleInput(
    pixels.map((value) => 255 - value),
    convention,
  );
  const run = (batch: number, data: Float64Array): Float64Array => {
    const { graph, inputs, outputs } = imported(squeezeNet, batch);
    assert.deepEqual(outputs[0]!.shape, [batch, 1000, 1, 1]);
    return evaluate(
      graph,
      new Map([[inputs[0]!.value, array64("float32", [batch, 3, 224, 224], data)]]),
      coreOperators,
    ).get(outputs[0]!.value)!.data;
  };
  const both = run(2, Float64Array.from([...first, ...second]));
  assert.deepEqual(
    both,
    Float64Array.from([...run(1, Float64Array.from(first)), ...run(1, Float64Array.from(second))]),
  );
});
