import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { unzipSync, zipSync } from "fflate";
import { kerasFolder } from "../../../test/oracles/keras-record.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { openGraph } from "../open.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-keras-"));
test.after(() => fs.rmSync(folder, { recursive: true }));

const weights = unzipSync(fs.readFileSync(path.join(kerasFolder, "merging.keras")))["model.weights.h5"]!;
const text = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));

let count = 0;
function archive(config: unknown, others: Record<string, Uint8Array> = { "model.weights.h5": weights }): string {
  const file = path.join(folder, `${count++}.keras`);
  fs.writeFileSync(
    file,
    zipSync({ "config.json": text(config), "metadata.json": text({ keras_version: "3.3.3" }), ...others }),
  );
  return file;
}

const layer = (className: string, config: object = {}, module = "keras.layers"): object => ({
  module,
  class_name: className,
  config: { name: "it", trainable: true, ...config },
});
const input = (...shape: readonly (number | null)[]): object =>
  layer("InputLayer", { name: "input", batch_shape: [null, ...shape], dtype: "float32" });
const sequential = (...layers: readonly object[]): object => ({
  class_name: "Sequential",
  config: { name: "m", layers },
});
const on = (shape: readonly number[], className: string, config: object = {}): object =>
  sequential(input(...shape), layer(className, config));
const node = (...names: readonly string[]): object => ({
  args: names.map((name) => ({ class_name: "__keras_tensor__", config: { keras_history: [name, 0, 0] } })),
  kwargs: {},
});
const functional = (
  layers: readonly object[],
  outputs: unknown = [["it", 0, 0]],
  inputs: unknown = [["input", 0, 0]],
): object => ({
  class_name: "Functional",
  config: { name: "m", layers, input_layers: inputs, output_layers: outputs },
});
const called = (described: object, name: string, ...from: readonly string[]): object => ({
  ...described,
  name,
  inbound_nodes: from.length ? [node(...from)] : [],
});

let deep: object = layer("Dense", { units: 1 });
for (let i = 0; i < 40; i++) deep = { class_name: "TimeDistributed", config: { name: `t${i}`, layer: deep } };
let nested: object = sequential(input(2), layer("ReLU"));
for (let i = 0; i < 40; i++) nested = sequential(input(2), nested);

/** A model's description, and what is said of it. */
const cases: readonly (readonly [name: string, config: unknown, sentence: RegExp])[] = [
  [
    "a Lambda",
    on([4], "Lambda", { name: "mine", function: ["4wEAAAA=", null, null] }),
    /"mine" is a Lambda, a program in the file, which is never run.*model\.export/,
  ],
  [
    "a Lambda of Keras 3",
    on([4], "Lambda", { name: "mine", function: { class_name: "__lambda__", config: { code: "4wEAAAA=" } } }),
    /"mine" is a Lambda/,
  ],
  [
    "a Lambda as an activation",
    on([4], "Activation", { activation: { class_name: "__lambda__", config: { code: "4wE=" } } }),
    /activation "__lambda__" is not known/,
  ],
  [
    "a function as an activation",
    on([4], "Activation", { activation: { class_name: "function", config: "os.system" } }),
    /activation "os.system" is not known/,
  ],
  ["a vocabulary file", on([4], "StringLookup", { vocabulary: "/etc/passwd" }), /a vocabulary file is never opened/],
  [
    "a vocabulary file of texts",
    on([4], "TextVectorization", { vocabulary: "/etc/passwd" }),
    /a vocabulary file is never opened/,
  ],
  ["another file", on([4], "TFSMLayer", { filepath: "/etc" }), /another file, a SavedModel, which is not opened/],
  ["a module of PyTorch", on([4], "TorchModuleWrapper", { module: "x" }), /a program that is not run/],
  ["a class of one's own", on([4], "MyLayer", {}), /MyLayer are not known.*model\.export/],
  ["a subclassed model", { class_name: "MyModel", config: {} }, /class MyModel, which is a program/],
  [
    "a function that is not known",
    functional([called(input(4), "input"), called(layer("Evil", {}, "keras.src.ops.numpy"), "it", "input")]),
    /function Evil is not known/,
  ],
  ["a layer named as a prototype", on([4], "__proto__", {}), /__proto__ are not known/],
  ["a layer named as a constructor", on([4], "constructor", {}), /constructor are not known/],
  [
    "a layer that needs itself",
    functional([called(input(4), "input"), called(layer("ReLU"), "it", "it")]),
    /needs its own result/,
  ],
  [
    "two layers that need each other",
    functional([
      called(input(4), "input"),
      called(layer("ReLU"), "it", "b"),
      called(layer("ReLU", { name: "b" }), "b", "it"),
    ]),
    /needs its own result/,
  ],
  [
    "a layer that is not there",
    functional([called(input(4), "input"), called(layer("ReLU"), "it", "absent")]),
    /no layer "absent"/,
  ],
  [
    "an output that is not there",
    functional([called(input(4), "input"), called(layer("ReLU"), "it", "input")], [["absent", 0, 0]]),
    /no layer "absent"/,
  ],
  [
    "a call that is not there",
    functional([called(input(4), "input"), called(layer("ReLU"), "it", "input")], [["it", 7, 0]]),
    /called fewer times/,
  ],
  [
    "a second output that is not there",
    functional([called(input(4), "input"), called(layer("ReLU"), "it", "input")], [["it", 0, 3]]),
    /is not computed/,
  ],
  [
    "an input that is not there",
    functional([called(layer("ReLU"), "it", "input")]),
    /input "input" is none of its layers/,
  ],
  [
    "two layers of one name",
    functional([called(input(4), "input"), called(layer("ReLU"), "it", "input"), called(layer("ReLU"), "it", "input")]),
    /two layers are named "it"/,
  ],
  ["layers within layers", sequential(input(2, 2), deep), /nested too deeply/],
  ["models within models", nested, /nested too deeply/],
  ["no layers", sequential(), /has no layers/],
  ["no shape", sequential(layer("ReLU")), /does not say what shape its input has/],
  ["layers that are numbers", { class_name: "Sequential", config: { layers: [1, 2] } }, /names no class/],
  ["a description that is a list", [1], /no JSON object/],
  ["a description that is no JSON", "{", /not valid JSON/],
  ["a description with a key twice", '{"class_name": "A", "class_name": "B"}', /not valid JSON/],
  ["a description nested without end", "[".repeat(5000), /not valid JSON/],
  ["weights of another shape", on([9], "Dense", { units: 4 }), /no weight "kernel" of the layer/],
  ["a size of text", on([4], "RepeatVector", { n: "4" }), /"n" is no number/],
  ["a size that is too large", on([4], "RepeatVector", { n: 2 ** 40 }), /"n" is no whole number/],
  ["a size that would fill the memory", on([4], "RepeatVector", { n: 2 ** 30 }), /would give \d+ numbers/],
  [
    "a padding that would fill the memory",
    on([4, 4, 1], "ZeroPadding2D", { padding: 2 ** 23 }),
    /would give \d+ numbers/,
  ],
  [
    "an enlargement that would fill the memory",
    on([400, 400, 3], "UpSampling2D", { size: 4000 }),
    /would give \d+ numbers/,
  ],
  [
    "a negative padding",
    on([4, 4, 1], "ZeroPadding2D", {
      padding: [
        [-1, 0],
        [0, 0],
      ],
    }),
    /"padding" gives no counts/,
  ],
  ["a crop of everything", on([4, 4, 1], "Cropping2D", { cropping: 2 }), /nothing would be left/],
  ["a window of nothing", on([4, 4, 1], "MaxPooling2D", { pool_size: 0 }), /extent below 1/],
  ["a window larger than the picture", on([4, 4, 1], "MaxPooling2D", { pool_size: 9 }), /do not fit its input/],
  ["a stride of nothing", on([4, 4, 1], "AveragePooling2D", { pool_size: 2, strides: 0 }), /extent below 1/],
  ["an unknown padding", on([4, 4, 1], "MaxPooling2D", { padding: "circular" }), /padding "circular" is not known/],
  [
    "an unknown data_format",
    on([4, 4, 1], "MaxPooling2D", { data_format: "sideways" }),
    /data_format "sideways" is not known/,
  ],
  ["a picture for a sequence", on([4], "MaxPooling1D"), /has not the 3 axes/],
  ["a reshape that does not fit", on([4], "Reshape", { target_shape: [3] }), /cannot be reshaped/],
  ["a reshape to two free axes", on([4], "Reshape", { target_shape: [-1, -1] }), /cannot be reshaped/],
  ["an order of axes that is none", on([4, 4], "Permute", { dims: [1, 1] }), /no order/],
  ["an axis that is not there", on([4], "Softmax", { axis: 7 }), /no axis 7/],
  ["groups that do not divide", on([4, 4, 3], "GroupNormalization", { groups: 2 }), /do not split into 2 groups/],
  [
    "a cell that is none",
    on([4, 4], "RNN", { cell: layer("Dense", { units: 1 }) }),
    /cells of the class Dense are not known/,
  ],
  ["no cell", on([4, 4], "RNN"), /"cell", is not described/],
  ["no wrapped layer", on([4, 4], "TimeDistributed"), /"layer", is not described/],
  [
    "texts",
    sequential(layer("InputLayer", { batch_shape: [null, 1], dtype: "string" }), layer("ReLU")),
    /of the type string/,
  ],
  ["a free size", sequential(input(null, 4), layer("ReLU")), /is free/],
  [
    "windows beyond count",
    on([4, 4, 1], "AdaptiveAveragePooling2D", { output_size: 10 ** 6 }),
    /more than 4096 windows/,
  ],
  [
    "an equation of one operand",
    on([4], "EinsumDense", { equation: "ab->b" }),
    /no weight "kernel"|not one of two operands/,
  ],
  ["a mean without data", on([4], "Normalization", { axis: -1 }), /never adapted/],
  [
    "a NaN for a scale",
    '{"class_name":"Sequential","config":{"layers":[{"class_name":"InputLayer","config":{"batch_shape":[null,2]}},{"class_name":"Rescaling","config":{"scale":NaN}}]}}',
    /"scale" is no number/,
  ],
];

for (const [name, config, sentence] of cases) {
  test(`${name}: refused with a sentence`, async () => {
    await assert.rejects(
      async () => {
        const opened = await openGraph(archive(config));
        try {
          opened.importWith();
        } finally {
          opened.close();
        }
      },
      (error) => {
        assert.ok(error instanceof GlassboxError, `${String(error)}\n${error instanceof Error ? error.stack : ""}`);
        assert.match(error.message, sentence);
        assert.ok(error.message.length < 900);
        return true;
      },
    );
  });
}

test("an archive without weights, without a description, or with weights in parts says so", async () => {
  const open = async (file: string): Promise<string> => {
    try {
      (await openGraph(file)).close();
    } catch (error) {
      if (error instanceof GlassboxError) return error.message;
      throw error;
    }
    return assert.fail("it was opened");
  };
  const fine = on([4], "ReLU");
  assert.match(await open(archive(fine, {})), /no weights/);
  assert.match(
    await open(archive(fine, { "model.weights.npz": new Uint8Array(3) })),
    /only model\.weights\.h5 is read/,
  );
  assert.match(await open(archive(fine, { "model.weights.h5": text("not HDF5") })), /structure is damaged/);
  const without = path.join(folder, "without.keras");
  fs.writeFileSync(without, zipSync({ "model.weights.h5": weights }));
  assert.match(await open(without), /no config\.json/);
});
