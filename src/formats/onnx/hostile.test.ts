import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { externalFiles } from "./external-data.ts";
import { test } from "node:test";
import { bounded } from "../../../test/fuzz/bounded.ts";
import { fuzzRuns } from "../../../test/fuzz/mutate.ts";
import { bytesOf, float, int, lying, message, string, tag, varint } from "../../../test/fuzz/protobuf.ts";
import { survives } from "../../../test/fuzz/survives.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { toNumbers } from "../../tensor/tensor.ts";
import { memorySource } from "../source.ts";
import { readTensorProto } from "./read-tensor.ts";
import { readOnnx } from "./read.ts";
import { readTensorData } from "./tensor-data.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const op = (...more: readonly Uint8Array[]): Uint8Array =>
  message(1, string(1, "x"), string(2, "y"), string(3, "n"), string(4, "Op"), ...more);
const opset = message(8, int(2, 17));
const model = (...graph: readonly Uint8Array[]): Bytes => bytesOf(int(1, 8), message(7, ...graph), opset);
const weight = bytesOf(int(1, 2), int(2, 1), string(8, "w"), message(9, new Uint8Array(8)));
const valueInfo = (...shape: readonly Uint8Array[]): Uint8Array =>
  message(
    11,
    string(1, "x"),
    message(2, message(1, int(1, 1), message(2, ...shape.map((dimension) => message(1, dimension))))),
  );
const small = bytesOf(
  int(1, 8),
  string(2, "test"),
  message(
    7,
    op(
      message(5, string(1, "a"), float(2, 1), int(20, 1)),
      message(5, string(1, "b"), message(6, op(), string(2, "body")), int(20, 5)),
    ),
    string(2, "g"),
    message(5, weight),
    valueInfo(int(1, 2), string(2, "n")),
  ),
  opset,
  message(14, string(1, "k"), string(2, "v")),
  message(25, string(1, "f"), message(7, string(4, "Op")), string(10, "d")),
);

/** Everything that can be read from a file is read: its structure, then each tensor. */
function readAll(bytes: Uint8Array): void {
  const source = memorySource("test.onnx", bytes);
  const { graph } = readOnnx(source);
  for (const tensor of graph.initializers) {
    const { data, shape } = readTensorData(tensor, { source, external: externalFiles(os.tmpdir()) });
    assert.equal(data.length, sizeOf(shape));
  }
}

function readOrRefuse(read: () => void, name: string): boolean {
  let refused = false;
  bounded(name, () => {
    try {
      read();
    } catch (error) {
      assert.ok(error instanceof GlassboxError, `${name}: ${String(error)}`);
      assert.ok(error.where !== undefined, name);
      refused = true;
    }
  });
  return refused;
}

test("a model cut off anywhere is read or refused with the place where it ends", () => {
  assert.equal(
    readOrRefuse(() => readAll(small), "whole"),
    false,
  );
  let refused = 0;
  for (let length = 0; length < small.length; length++) {
    if (readOrRefuse(() => readAll(small.slice(0, length)), `cut at ${length}`)) refused++;
  }
  // A cut between two fields of the outermost message leaves a valid file.
  assert.ok(refused >= small.length - 6, `${refused} of ${small.length}`);
});

const nestedGraphs = (depth: number): Uint8Array => {
  let graph = op();
  for (let i = 0; i < depth; i++) graph = op(message(5, string(1, "body"), message(6, graph), int(20, 5)));
  return model(graph);
};
const nestedTypes = (depth: number): Uint8Array => {
  let type = message(1, int(1, 1));
  for (let i = 0; i < depth; i++) type = message(4, message(1, type));
  return model(op(), message(11, string(1, "x"), message(2, type)));
};
const tensorModel = (...tensor: readonly Uint8Array[]): Uint8Array => model(op(), message(5, ...tensor));
const external = (...entries: readonly (readonly [string, string])[]): Uint8Array =>
  tensorModel(
    int(1, 2),
    int(2, 1),
    int(14, 1),
    ...entries.map(([key, value]) => message(13, string(1, key), string(2, value))),
  );
const attribute = (...parts: readonly Uint8Array[]): Uint8Array => model(op(message(5, ...parts)));

const lies = [1000n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n];
/** Every field of a sub-message of each kind, placed in a model. */
const inModel: Readonly<
  Record<string, readonly [fields: readonly number[], place: (field: Uint8Array) => Uint8Array]>
> = {
  model: [[2, 3, 14, 25], (field) => bytesOf(int(1, 8), message(7, op()), opset, field)],
  graph: [[1, 2, 5, 11, 12, 13], (field) => model(op(), field)],
  node: [[1, 2, 3, 4, 5, 7, 8, 9], (field) => model(message(1, string(4, "Op"), field))],
  attribute: [[1, 4, 5, 6, 7, 8, 9, 10, 11, 14], (field) => attribute(string(1, "a"), field)],
  tensor: [[1, 4, 5, 6, 7, 8, 9, 10, 11, 13], (field) => tensorModel(int(2, 1), field)],
};

const cases = new Map<string, Uint8Array>();
for (const [kind, [numbers, place]] of Object.entries(inModel)) {
  for (const number of numbers) {
    for (const lie of lies)
      cases.set(`${kind} field ${number} claims ${lie} bytes`, place(lying(number, lie, [1, 2, 3])));
    cases.set(`${kind} field ${number} is a group`, place(tag(number, 3)));
    cases.set(
      `${kind} field ${number} has an eleven-byte length`,
      place(bytesOf(tag(number, 2), new Uint8Array(11).fill(0xff))),
    );
  }
  cases.set(`${kind} has field 0`, place(bytesOf([0x02, 0x00])));
  cases.set(`${kind} has a field number over 2^29`, place(bytesOf(varint(2n ** 40n), [0])));
}
for (const depth of [33, 100, 1000, 5000]) cases.set(`${depth} graphs in each other`, nestedGraphs(depth));
for (const depth of [17, 100, 1000]) cases.set(`${depth} types in each other`, nestedTypes(depth));
for (const dims of [[-1n], [2n ** 53n], [2n ** 62n, 2n], [2n ** 32n, 2n ** 32n], [2n ** 40n], [3n], [1n], [0n]]) {
  cases.set(
    `a tensor of [${dims.join(", ")}] in 8 bytes`,
    tensorModel(...dims.map((extent) => int(1, extent)), int(2, 1), message(9, new Uint8Array(8))),
  );
  cases.set(
    `a tensor of [${dims.join(", ")}] in two floats`,
    tensorModel(...dims.map((extent) => int(1, extent)), int(2, 1), float(4, 1), float(4, 2)),
  );
}
cases.set("a tensor of rank 100", tensorModel(message(1, new Uint8Array(100).fill(1)), int(2, 1), float(4, 1)));
for (const type of [0, 29, 100, -1])
  cases.set(`a tensor of type ${type}`, tensorModel(int(1, 1), int(2, type), float(4, 1)));
cases.set("floats in int64_data", tensorModel(int(1, 1), int(2, 1), int(7, 1)));
cases.set("elements twice", tensorModel(int(1, 1), int(2, 1), float(4, 1), message(9, new Uint8Array(4))));
cases.set("segments", tensorModel(int(1, 1), int(2, 1), message(3, int(1, 0)), float(4, 1)));
cases.set("no elements", tensorModel(int(1, 1), int(2, 1)));
cases.set("half a float", tensorModel(int(1, 1), int(2, 1), message(4, [0, 0])));
cases.set("strings", tensorModel(int(1, 1), int(2, 8), string(6, "a")));
for (const location of [
  "",
  ".",
  "..",
  "../x",
  "a/../../x",
  "..\\x",
  "/etc/passwd",
  "\\\\host\\x",
  "C:\\x",
  "c:x",
  "a\0b",
  "no such file",
]) {
  cases.set(`external data at ${JSON.stringify(location)}`, external(["location", location]));
}
for (const number of ["-1", "1e3", "0x10", "9007199254740993", "99999999999999999999", "", " 1"]) {
  cases.set(`an external offset of ${JSON.stringify(number)}`, external(["location", "w"], ["offset", number]));
  cases.set(`an external length of ${JSON.stringify(number)}`, external(["location", "w"], ["length", number]));
}
cases.set(
  "an external end beyond integers",
  external(["location", "w"], ["offset", "9007199254740991"], ["length", "9007199254740991"]),
);
cases.set("external data with no file", external(["offset", "0"]));
cases.set("two graphs", bytesOf(int(1, 8), message(7, op()), message(7, op()), opset));
cases.set("sparse initializers", model(op(), message(15, int(3, 1))));
cases.set("a node with no operator", model(message(1, string(1, "x"))));
cases.set(
  "an attribute twice",
  model(op(message(5, string(1, "a"), int(3, 1)), message(5, string(1, "a"), int(3, 2)))),
);
cases.set("an attribute with no name", attribute(int(3, 1)));
cases.set("an attribute with no value", attribute(string(1, "a")));
cases.set("an attribute of unknown type", attribute(string(1, "a"), int(20, 99)));
cases.set("a tensor attribute with no tensor", attribute(string(1, "a"), int(20, 4)));
cases.set("a name that is not UTF-8", model(message(1, string(4, "Op"), message(3, [0xff]))));
cases.set("a symbol that is not UTF-8", model(op(), valueInfo(message(2, [0xc0]))));
cases.set("a dimension beyond integers", model(op(), valueInfo(int(1, 2n ** 60n))));
cases.set("a function with no name", bytesOf(int(1, 8), message(7, op()), message(25, string(10, "d"))));

test("constructed hostile models are refused, each with bounded work", (t) => {
  assert.ok(cases.size >= 200);
  const accepted = [...cases]
    .filter(([name, bytes]) => !readOrRefuse(() => readAll(bytes), name))
    .map(([name]) => name);
  assert.deepEqual(accepted, []);
  t.diagnostic(`${cases.size} models`);
});

test("errors name the file, the offset and the node", () => {
  // 2 bytes of IR version, 2 of the graph's header, 15 of node 0, 2 of node 1's header and 13 of its fields.
  assert.throws(
    () => readAll(model(op(), op(lying(5, 1000)))),
    (error) =>
      error instanceof GlassboxError &&
      error.kind === "file" &&
      error.where === 'test.onnx, offset 34, graph, node 1 "n"',
  );
});

test("external data are read from the model's folder only, whatever links say", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-external-"));
  try {
    const inside = path.join(folder, "model");
    fs.mkdirSync(path.join(inside, "weights"), { recursive: true });
    const data = new Uint8Array(Float32Array.of(0, 1.5, -2).buffer);
    fs.writeFileSync(path.join(folder, "secret"), data);
    fs.writeFileSync(path.join(inside, "weights", "w.bin"), data);
    fs.symlinkSync(path.join(folder, "secret"), path.join(inside, "out"));
    fs.symlinkSync(folder, path.join(inside, "up"));
    fs.symlinkSync(path.join("weights", "w.bin"), path.join(inside, "in"));
    const read = (...entries: readonly (readonly [string, string])[]): number[] => {
      const source = memorySource("test.onnx", external(...entries));
      return toNumbers(
        readTensorData(readOnnx(source).graph.initializers[0]!, { source, external: externalFiles(inside) }),
      );
    };
    assert.deepEqual(read(["location", "weights/w.bin"], ["offset", "4"], ["length", "8"]), [1.5, -2]);
    assert.deepEqual(read(["location", "weights/w.bin"], ["offset", "4"]), [1.5, -2]);
    assert.deepEqual(read(["location", "in"], ["offset", "4"]), [1.5, -2]);
    for (const location of ["out", "up/secret", "../secret", path.join(folder, "secret"), "weights", "up"]) {
      assert.throws(() => read(["location", location], ["offset", "4"]), GlassboxError, location);
    }
    assert.throws(() => read(["location", "weights/w.bin"], ["offset", "8"]), GlassboxError);
    assert.throws(() => read(["location", "weights/w.bin"], ["length", "12"]), GlassboxError);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});

test("a damaged model is read or refused, never anything else, and never slowly", (t) =>
  survives(t, fuzzRuns(2000), [small], readAll));

test("a damaged tensor is read or refused, never anything else, and never slowly", (t) => {
  const tensors = [
    weight,
    bytesOf(int(1, 3), int(2, 22), message(9, [0x21, 0x03])),
    bytesOf(int(1, 2), int(2, 10), message(5, [0x80, 0x78, 1])),
    bytesOf(int(1, 2), int(2, 7), int(7, -1n), int(7, 5)),
    bytesOf(int(1, 1), int(2, 11), message(10, new Uint8Array(8))),
  ];
  survives(t, fuzzRuns(2000), tensors, (damaged) => {
    const source = memorySource("test.pb", damaged);
    readTensorData(readTensorProto(source), { source });
  });
});

test("external data in the Hugging Face cache are links to the repository's own blobs, and to nothing else", () => {
  const cache = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-hub-")));
  try {
    const repository = path.join(cache, "models--a--b");
    const snapshot = path.join(repository, "snapshots", "0123", "onnx");
    for (const folder of [snapshot, path.join(repository, "blobs"), path.join(cache, "models--c", "blobs")])
      fs.mkdirSync(folder, { recursive: true });
    for (const file of ["models--a--b/blobs/f00", "models--c/blobs/f00", "secret", "models--a--b/secret"])
      fs.writeFileSync(path.join(cache, file), Buffer.alloc(8));
    const link = (name: string, to: string): string => (
      fs.symlinkSync(path.join(cache, to), path.join(snapshot, name)),
      name
    );
    const open = (location: string) => externalFiles(snapshot).open(location);
    open(link("model.onnx_data", "models--a--b/blobs/f00")).close();
    for (const to of ["models--c/blobs/f00", "secret", "models--a--b/secret"])
      assert.throws(() => open(link(to.replaceAll("/", "_"), to)), /is a link that leaves the model's folder/, to);
    // A folder that only looks a little like the cache has no blobs.
    const fake = path.join(cache, "snapshots", "0123");
    fs.mkdirSync(fake, { recursive: true });
    fs.mkdirSync(path.join(cache, "blobs"));
    fs.writeFileSync(path.join(cache, "blobs", "f00"), "");
    fs.symlinkSync(path.join(cache, "blobs", "f00"), path.join(fake, "w"));
    assert.throws(() => externalFiles(fake).open("w"), /is a link that leaves/);
  } finally {
    fs.rmSync(cache, { recursive: true, force: true });
  }
});
