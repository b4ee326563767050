// Writes the small files of the walkthroughs: networks that can be followed by hand, as ONNX, their inputs, and a table with groups.
// usage: node scripts/make-toy-networks.mjs
import fs from "node:fs";
import path from "node:path";
import { root } from "./bundles.mjs";

const walkthrough = (id, name) => path.join(root, "walkthroughs", id, name);
const axiomatic = "axiomatic-attribution";
const probes = "what-does-a-layer-know";
const saliency = "saliency-maps";

// Just enough protobuf: numbers as varints, everything else with its length in front.
const varint = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]);
const int = (field, value) => [...varint(field * 8), ...varint(value)];
const message = (field, ...parts) => {
  const body = parts.flat();
  return [...varint(field * 8 + 2), ...varint(body.length), ...body];
};
const string = (field, text) => message(field, [...Buffer.from(text)]);

const FLOAT = 1;
const tensor = (name, dims, values) =>
  message(
    5,
    ...dims.map((dim) => int(1, dim)),
    int(2, FLOAT),
    string(8, name),
    message(9, [...new Uint8Array(Float32Array.from(values).buffer)]),
  );
const node = (op, inputs, output) =>
  message(1, ...inputs.map((input) => string(1, input)), string(2, output), string(3, output), string(4, op));
/** [N, …dims] */
const port = (field, name, dims) =>
  message(
    field,
    string(1, name),
    message(
      2,
      message(1, int(1, FLOAT), message(2, message(1, string(2, "N")), ...dims.map((dim) => message(1, int(1, dim))))),
    ),
  );
/** [N, channels, 1, 1]: a picture of one pixel, so that every map of Glassbox has a place for each input. */
const pixel = (field, name, channels) => port(field, name, [channels, 1, 1]);

function write(id, name, graph) {
  fs.writeFileSync(
    walkthrough(id, `${name}.onnx`),
    Uint8Array.from([...int(1, 8), ...string(2, "glassbox"), ...graph, ...message(8, string(1, ""), int(2, 18))]),
  );
}

/** A network of 1 × 1 convolutions, which on one pixel are matrix products with a bias, and rectifiers. */
function network(id, name, inputs, layers) {
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
  write(id, name, message(7, ...parts, string(2, name), pixel(11, "x", inputs), pixel(12, value, width)));
}

/** One float32 sample of [channels, 1, 1]. */
function point(id, name, values) {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${values.length}, 1, 1), }`;
  const padded = `${header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11)}\n`;
  const bytes = Buffer.concat([
    Buffer.from([0x93]),
    Buffer.from("NUMPY"),
    Buffer.from([1, 0, padded.length & 255, padded.length >> 8]),
    Buffer.from(padded),
    Buffer.from(Float32Array.from(values).buffer),
  ]);
  fs.writeFileSync(walkthrough(id, `${name}.npy`), bytes);
}

// logit 0: ReLU(ReLU(x₁) − 1 − ReLU(x₂)); logit 1: ReLU(ReLU(x₁ − 1) − ReLU(x₂)). The same function, written twice.
network(axiomatic, "two-implementations", 2, [
  {
    weights: [
      [1, 0],
      [1, 0],
      [0, 1],
    ],
    bias: [0, -1, 0],
    relu: true,
  },
  {
    weights: [
      [1, 0, -1],
      [0, 1, -1],
    ],
    bias: [-1, 0],
    relu: true,
  },
]);
point(axiomatic, "three-one", [3, 1]);

// logit 0: 1 − ReLU(1 − x), flat from x = 1 on; logit 1: x, for comparison.
network(axiomatic, "saturates", 1, [
  { weights: [[-1], [1], [-1]], bias: [1, 0, 0], relu: true },
  {
    weights: [
      [-1, 0, 0],
      [0, 1, -1],
    ],
    bias: [1, 0],
    relu: false,
  },
]);
point(axiomatic, "two", [2]);

// Two classes: logit 0 is 10 x, logit 1 is 0.
write(
  saliency,
  "confident",
  message(
    7,
    tensor("weights", [1, 2], [10, 0]),
    node("Flatten", ["x"], "flat"),
    node("MatMul", ["flat", "weights"], "logits"),
    string(2, "confident"),
    pixel(11, "x", 1),
    port(12, "logits", [2]),
  ),
);
point(saliency, "two", [2]);

/** Park and Miller's generator, enough for a table: uniform in 0 … 1. */
function uniforms(seed) {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}
const random = uniforms(20161005);
/** Sum of twelve uniforms less six: mean 0, variance 1. */
const normal = () => Array.from({ length: 12 }, random).reduce((sum, value) => sum + value, -6);

// 60 subjects of 6 recordings each. As many of each label, dealt to subjects by drawing lots, so nothing but the subject tells it.
const features = 8;
const subjects = 60;
const lots = Array.from({ length: subjects }, (_, subject) => ({ subject, lot: random() })).sort(
  (a, b) => a.lot - b.lot,
);
const left = new Set(lots.slice(0, subjects / 2).map(({ subject }) => subject));
const rows = Array.from({ length: subjects }, (_, subject) => {
  const centre = Array.from({ length: features }, () => 2 * normal());
  const word = left.has(subject) ? "left" : "right";
  return Array.from({ length: 6 }, () => [
    `s${String(subject).padStart(2, "0")}`,
    ...centre.map((value) => (value + 0.1 * normal()).toFixed(3)),
    word,
  ]);
}).flat();
const names = Array.from({ length: features }, (_, i) => `f${i + 1}`);
const csv = (lines) => `${lines.map((line) => line.join(",")).join("\n")}\n`;
fs.writeFileSync(walkthrough(probes, "with-subjects.csv"), csv([["subject", ...names, "label"], ...rows]));
fs.writeFileSync(
  walkthrough(probes, "without-subjects.csv"),
  csv([[...names, "label"], ...rows.map((row) => row.slice(1))]),
);

// A wide untrained layer: enough directions to learn every subject by heart.
const wide = 256;
network(probes, "wide-layer", features, [
  {
    weights: Array.from({ length: wide }, () => Array.from({ length: features }, () => normal() / Math.sqrt(features))),
    bias: Array.from({ length: wide }, () => 0.5 * normal()),
    relu: true,
  },
  {
    weights: Array.from({ length: 2 }, () => Array.from({ length: wide }, () => normal() / Math.sqrt(wide))),
    bias: [0, 0],
    relu: false,
  },
]);
