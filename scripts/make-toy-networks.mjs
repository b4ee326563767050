// Writes the networks of the walkthrough "Axiomatic attribution", small enough to follow by hand, as ONNX files.
// usage: node scripts/make-toy-networks.mjs
import fs from "node:fs";
import path from "node:path";
import { root } from "./bundles.mjs";

const folder = path.join(root, "walkthroughs", "axiomatic-attribution");

// Just enough protobuf: numbers as varints, everything else with its length in front.
const varint = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]);
const int = (field, value) => [...varint(field * 8), ...varint(value)];
const message = (field, ...parts) => {
  const body = parts.flat();
  return [...varint(field * 8 + 2), ...varint(body.length), ...body];
};
const string = (field, text) => message(field, [...Buffer.from(text)]);

const FLOAT = 1;
const tensor = (name, dims, values) => message(5, ...dims.map((dim) => int(1, dim)), int(2, FLOAT), string(8, name), message(9, [...new Uint8Array(Float32Array.from(values).buffer)]));
const node = (op, inputs, output) => message(1, ...inputs.map((input) => string(1, input)), string(2, output), string(3, output), string(4, op));
/** [N, channels, 1, 1]: a picture of one pixel, so that every map of Glassbox has a place for each input. */
const port = (field, name, channels) => message(field, string(1, name), message(2, message(1, int(1, FLOAT), message(2, message(1, string(2, "N")), ...[channels, 1, 1].map((dim) => message(1, int(1, dim)))))));

/** A network of 1 × 1 convolutions, which on one pixel are matrix products with a bias, and rectifiers. */
function network(name, inputs, layers) {
  let value = "x";
  let width = inputs;
  const parts = layers.flatMap(({ weights, bias, relu }, i) => {
    const before = value;
    const sums = relu || i < layers.length - 1 ? `sum${i + 1}` : "f";
    value = relu ? (i === layers.length - 1 ? "f" : `relu${i + 1}`) : sums;
    const made = [
      tensor(`weights${i + 1}`, [weights.length, width, 1, 1], weights.flat()),
      tensor(`bias${i + 1}`, [bias.length], bias),
      node("Conv", [before, `weights${i + 1}`, `bias${i + 1}`], sums),
      ...(relu ? [node("Relu", [sums], value)] : []),
    ];
    width = weights.length;
    return made;
  });
  const graph = message(7, ...parts, string(2, name), port(11, "x", inputs), port(12, value, width));
  fs.writeFileSync(path.join(folder, `${name}.onnx`), Uint8Array.from([...int(1, 8), ...string(2, "glassbox"), ...graph, ...message(8, string(1, ""), int(2, 18))]));
}

/** One float32 sample of [channels, 1, 1]. */
function point(name, values) {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${values.length}, 1, 1), }`;
  const padded = `${header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11)}\n`;
  const bytes = Buffer.concat([Buffer.from([0x93]), Buffer.from("NUMPY"), Buffer.from([1, 0, padded.length & 255, padded.length >> 8]), Buffer.from(padded), Buffer.from(Float32Array.from(values).buffer)]);
  fs.writeFileSync(path.join(folder, `${name}.npy`), bytes);
}

// logit 0: ReLU(ReLU(x₁) − 1 − ReLU(x₂)); logit 1: ReLU(ReLU(x₁ − 1) − ReLU(x₂)). The same function, written twice.
network("two-implementations", 2, [
  { weights: [[1, 0], [1, 0], [0, 1]], bias: [0, -1, 0], relu: true },
  { weights: [[1, 0, -1], [0, 1, -1]], bias: [-1, 0], relu: true },
]);
point("three-one", [3, 1]);

// logit 0: 1 − ReLU(1 − x), flat from x = 1 on; logit 1: x, for comparison.
network("saturates", 1, [
  { weights: [[-1], [1], [-1]], bias: [1, 0, 0], relu: true },
  { weights: [[-1, 0, 0], [0, 1, -1]], bias: [1, 0], relu: false },
]);
point("two", [2]);
