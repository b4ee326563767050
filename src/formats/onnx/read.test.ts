import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { bytesOf, float, int, message, string } from "../../../test/fuzz/protobuf.ts";
import { toFloat64 } from "../../tensor/tensor.ts";
import { fileSource, memorySource, type ByteSource } from "../source.ts";
import { readOnnx } from "./read.ts";
import type { OnnxModel } from "./records.ts";
import { readTensorData } from "./tensor-data.ts";

const models = path.resolve(process.env.GLASSBOX_ROOT ?? ".", "../shared/models");
const real = (name: string) => {
  const file = path.join(models, name);
  return { file, skip: fs.existsSync(file) ? false : `${name} is not here (../shared/models)` };
};

const operators = ({ graph }: OnnxModel): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { opType } of graph.nodes) counts[opType] = (counts[opType] ?? 0) + 1;
  return counts;
};

const efficientnet = real("efficientnet-lite0-imagenet.onnx");

test("a PyTorch export is read: opset, operators, types, module paths and weights", { skip: efficientnet.skip }, () => {
  const source = fileSource(efficientnet.file);
  const model = readOnnx(source);
  const { graph } = model;
  // Literals from onnx 1.23.2 (Python).
  assert.deepEqual(
    [model.irVersion, model.producerName, model.producerVersion, graph.name],
    [10, "pytorch", "2.15.0+cu132", "efficientnet_lite0"],
  );
  assert.deepEqual(model.opsetImports, [{ domain: "", version: 18 }]);
  assert.deepEqual(operators(model), { Cast: 73, Conv: 49, Clip: 33, Add: 9, ReduceMean: 1, Reshape: 1, Gemm: 1 });
  assert.deepEqual(graph.inputs, [
    { name: "image", kind: "tensor", elementType: "float", shape: ["batch", 3, 224, 224] },
  ]);
  assert.deepEqual(graph.outputs, [{ name: "logits", kind: "tensor", elementType: "float", shape: ["batch", 1000] }]);
  const conv = graph.nodes.filter(({ opType }) => opType === "Conv")[3]!;
  assert.equal(conv.name, "node_Conv_802");
  assert.deepEqual(conv.inputs, ["getitem_6", "_blocks.1._expand_conv.weight", "_blocks.1._expand_conv.weight_bias"]);
  assert.deepEqual(
    [...conv.attributes],
    [
      ["group", { kind: "int", value: 1 }],
      ["pads", { kind: "ints", value: [0, 0, 0, 0] }],
      ["auto_pad", { kind: "string", value: "NOTSET" }],
      ["strides", { kind: "ints", value: [1, 1] }],
      ["dilations", { kind: "ints", value: [1, 1] }],
      ["kernel_shape", { kind: "ints", value: [1, 1] }],
    ],
  );
  assert.equal(
    conv.metadata.get("pkg.torch.onnx.name_scopes"),
    "['', '_blocks.1', '_blocks.1._bn0', '_native_batch_norm_legit_no_training_3']",
  );
  assert.equal(graph.initializers.length, 104);
  const weight = graph.initializers[5]!;
  assert.deepEqual(
    [weight.name, weight.elementType, weight.dims],
    ["_blocks.1._project_conv.weight_float16", "float16", [24, 96, 1, 1]],
  );
  const values = toFloat64(readTensorData(weight, { source }));
  assert.deepEqual([...values.slice(0, 4)], [0.2275390625, 0.92578125, 0.148681640625, 0.073486328125]);
  assert.ok(Math.abs(values.reduce((sum, value) => sum + value, 0) - 59.28890120983124) < 1e-9);
  source.close();
});

const squeezenet = real("squeezenet1.0-imagenet-fp16.onnx");

test("an export of 2018, with weights listed as inputs, is read", { skip: squeezenet.skip }, () => {
  const source = fileSource(squeezenet.file);
  const model = readOnnx(source);
  assert.deepEqual([model.irVersion, model.producerName, model.graph.name], [3, "onnx-caffe2", "squeezenet_old"]);
  assert.deepEqual(operators(model), {
    Conv: 26,
    Relu: 26,
    Concat: 8,
    MaxPool: 3,
    Dropout: 1,
    GlobalAveragePool: 1,
    Softmax: 1,
  });
  const weight = model.graph.initializers[5]!;
  const values = toFloat64(readTensorData(weight, { source }));
  assert.equal(weight.name, "fire2/expand1x1_w_0");
  assert.deepEqual([...values.slice(0, 4)], [-0.13525390625, -0.2332763671875, 0.3955078125, -0.2177734375]);
  assert.ok(Math.abs(values.reduce((sum, value) => sum + value, 0) - -2.967955470085144) < 1e-9);
  source.close();
});

test("opening reads the structure and steps over the weights", { skip: efficientnet.skip }, () => {
  const source = fileSource(efficientnet.file);
  let read = 0;
  const counting: ByteSource = {
    ...source,
    size: source.size,
    read: (offset, length) => ((read += length), source.read(offset, length)),
  };
  readOnnx(counting);
  // Most of this model's tensors are smaller than the window; its structure alone is some 200 KB.
  assert.ok(read < source.size / 4, `${read} of ${source.size} bytes`);
  source.close();
});

/** A sparse file's worth of weights that would take minutes to read. */
test("a model of 8 GB opens without its weights", () => {
  const weights = 2 ** 33;
  const tensor = bytesOf(int(1, weights / 4), int(2, 1), string(8, "w"));
  const rawHeader = bytesOf([0x4a], varintOf(weights));
  const initializerLength = tensor.length + rawHeader.length + weights;
  const node = message(1, string(1, "w"), string(2, "y"), string(4, "Relu"));
  const graphLength = node.length + 1 + varintOf(initializerLength).length + initializerLength;
  const head = bytesOf(
    int(1, 8),
    [0x3a],
    varintOf(graphLength),
    node,
    [0x2a],
    varintOf(initializerLength),
    tensor,
    rawHeader,
  );
  const tail = message(8, int(2, 17));
  let read = 0;
  const source: ByteSource = {
    name: "large.onnx",
    size: head.length + weights + tail.length,
    read(offset, length) {
      read += length;
      return Uint8Array.from({ length }, (_, i) => {
        const at = offset + i;
        return at < head.length ? head[at]! : at < head.length + weights ? 0 : tail[at - head.length - weights]!;
      });
    },
    close: () => undefined,
  };
  const model = readOnnx(source);
  assert.deepEqual(model.opsetImports, [{ domain: "", version: 17 }]);
  assert.deepEqual(model.graph.initializers[0]!.location, { kind: "raw", offset: head.length, length: weights });
  assert.ok(read < 200_000, `${read} bytes were read`);
});

const varintOf = (value: number): Uint8Array => int(1, value).slice(1);

const model = (...graph: readonly Uint8Array[]): ByteSource =>
  memorySource("test.onnx", bytesOf(int(1, 8), message(7, ...graph), message(8, int(2, 17))));

const node = (...attributes: readonly Uint8Array[]): Uint8Array =>
  message(1, string(1, "x"), string(2, "y"), string(3, "n"), string(4, "Op"), ...attributes);

const attributesOf = (...attributes: readonly Uint8Array[]) =>
  Object.fromEntries(readOnnx(model(node(...attributes))).graph.nodes[0]!.attributes);

test("each kind of attribute is read, packed or not, typed or not", () => {
  const found = attributesOf(
    message(5, string(1, "float"), float(2, 0.5), int(20, 1)),
    message(5, string(1, "untyped int"), int(3, -7n)),
    message(5, string(1, "left out"), int(20, 2)),
    message(5, string(1, "end"), int(3, 2n ** 63n - 1n), int(20, 2)),
    message(5, string(1, "start"), int(3, -(2n ** 63n)), int(20, 2)),
    message(5, string(1, "string"), string(4, "same ✓"), int(20, 3)),
    message(5, string(1, "blob"), message(4, [0xff, 0xfe, 0]), int(20, 3)),
    message(
      5,
      string(1, "floats"),
      float(7, 1),
      float(7, 2),
      message(7, new Uint8Array(Float32Array.of(3, 4).buffer)),
      int(20, 6),
    ),
    message(5, string(1, "ints"), int(8, 1), message(8, [2, 3]), int(20, 7)),
    message(5, string(1, "strings"), string(9, "a"), string(9, ""), int(20, 8)),
    message(5, string(1, "empty"), int(20, 7)),
    message(5, string(1, "bound"), string(21, "outer"), int(20, 2)),
    message(5, string(1, "tensor"), message(5, int(2, 7), message(7, [5])), int(20, 4)),
    message(5, string(1, "graph"), message(6, node(), string(2, "body")), int(20, 5)),
    message(
      5,
      string(1, "type"),
      message(14, message(4, message(1, message(1, int(1, 1), message(2, message(1, string(2, "n"))))))),
      int(20, 13),
    ),
  );
  const { blob, tensor, graph, ...rest } = found;
  assert.deepEqual(rest, {
    float: { kind: "float", value: 0.5 },
    "untyped int": { kind: "int", value: -7 },
    "left out": { kind: "int", value: 0 },
    end: { kind: "int", value: 2 ** 63 },
    start: { kind: "int", value: -(2 ** 63) },
    string: { kind: "string", value: "same ✓" },
    floats: { kind: "floats", value: [1, 2, 3, 4] },
    ints: { kind: "ints", value: [1, 2, 3] },
    strings: { kind: "strings", value: ["a", ""] },
    empty: { kind: "ints", value: [] },
    bound: { kind: "reference", value: "outer" },
    type: { kind: "type", value: { kind: "sequence", elementType: "float", shape: ["n"] } },
  });
  assert.equal(blob?.kind === "bytes" && blob.value.length, 3);
  assert.equal(tensor?.kind === "tensor" && tensor.value.elementType, "int64");
  assert.equal(graph?.kind === "graph" && graph.value.nodes[0]!.opType, "Op");
});

test("a dimension is a number, a symbol or unknown; -1 and the empty symbol mean unknown", () => {
  const dimensions = [int(1, 3), string(2, "batch"), bytesOf(), int(1, -1n), string(2, ""), int(1, 0)].map(
    (dimension) => message(1, dimension),
  );
  const { inputs, outputs } = readOnnx(
    model(
      message(11, string(1, "x"), message(2, message(1, int(1, 10), message(2, ...dimensions)))),
      message(
        12,
        string(1, '{"1": "name"}'),
        message(2, message(9, message(1, message(4, message(1, message(1, int(1, 7))))))),
      ),
      message(12, string(1, "untyped")),
    ),
  ).graph;
  assert.deepEqual(inputs[0], {
    name: "x",
    kind: "tensor",
    elementType: "float16",
    shape: [3, "batch", undefined, undefined, undefined, 0],
  });
  assert.deepEqual(outputs[0], { name: '{"1": "name"}', kind: "optional", elementType: "int64", shape: undefined });
  assert.equal(outputs[1]!.kind, "untyped");
});

test("functions are read with their attributes, defaults and body", () => {
  const fn = message(
    25,
    string(1, "Gelu"),
    string(4, "x"),
    string(5, "y"),
    string(6, "approximate"),
    message(11, string(1, "alpha"), float(2, 1), int(20, 1)),
    message(
      7,
      string(1, "x"),
      string(2, "y"),
      string(4, "Identity"),
      message(5, string(1, "a"), string(21, "approximate")),
    ),
    message(9, string(1, ""), int(2, 18)),
    string(10, "my.domain"),
    string(13, "half"),
  );
  const { functions } = readOnnx(
    memorySource("test.onnx", bytesOf(int(1, 10), message(7, node()), message(8, int(2, 18)), fn)),
  );
  const { nodes, ...rest } = functions[0]!;
  assert.equal(nodes[0]!.attributes.get("a")!.kind, "reference");
  assert.deepEqual(rest, {
    name: "Gelu",
    domain: "my.domain",
    overload: "half",
    inputs: ["x"],
    outputs: ["y"],
    attributes: ["approximate"],
    attributeDefaults: new Map([["alpha", { kind: "float", value: 1 }]]),
    opsetImports: [{ domain: "", version: 18 }],
    valueInfo: [],
  });
});
