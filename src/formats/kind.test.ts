import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { zipSync } from "fflate";
import { fuzzRuns, mutate } from "../../test/fuzz/mutate.ts";
import { bytesOf, int, message, string } from "../../test/fuzz/protobuf.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { identify } from "./kind.ts";
import { readOnnx } from "./onnx/read.ts";
import { fileSource, memorySource } from "./source.ts";
import { formats, type FormatId } from "./table.ts";

const latin = (text: string): Uint8Array => Uint8Array.from(text.padEnd(64, "\0"), (letter) => letter.charCodeAt(0));
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const zip = (...names: readonly string[]): Uint8Array =>
  zipSync(Object.fromEntries(names.map((name) => [name, new Uint8Array(3)])));
const onnx = bytesOf(
  int(1, 8),
  message(7, message(1, string(1, "x"), string(4, "Relu")), string(2, "g")),
  message(8, int(2, 17)),
);

const samples: readonly (readonly [FormatId, Uint8Array])[] = [
  ["empty", new Uint8Array(0)],
  ["git-lfs", text("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n")],
  ["onnx", onnx],
  ["onnx", onnx.slice(0, onnx.length - 12)],
  ["onnx-tensor", bytesOf(int(1, 2), int(2, 1), string(8, "w"), message(9, new Uint8Array(8)))],
  ["safetensors", bytesOf([2, 0, 0, 0, 0, 0, 0, 0], text("{}"))],
  ["gguf", latin("GGUF\x03")],
  ["ggml", latin("lmgg")],
  ["hdf5", latin("\x89HDF\r\n\x1a\n")],
  ["hdf5", bytesOf(new Uint8Array(2048), latin("\x89HDF\r\n\x1a\n"))],
  ["tflite", latin("\x1c\0\0\0TFL3")],
  ["npy", latin("\x93NUMPY\x01\0")],
  ["npz", zip("a.npy", "b/c.npy")],
  ["pytorch", zip("archive/data.pkl", "archive/data/0", "archive/version")],
  ["torchscript", zip("net/data.pkl", "net/constants.pkl", "net/code/__torch__.py")],
  ["torch-export", zip("archive_format", "models/model.json")],
  ["keras", zip("metadata.json", "config.json", "model.weights.h5")],
  ["zip", zip("word/document.xml")],
  ["pytorch-legacy", latin("\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.")],
  ["pickle", latin("\x80\x04\x95\x10")],
  [
    "saved-model",
    bytesOf(int(1, 1), message(2, message(1, string(2, "serve")), message(2, message(1, string(1, "x"))))),
  ],
  ["png", latin("\x89PNG\r\n\x1a\n")],
  ["jpeg", latin("\xff\xd8\xff\xe0")],
  ["webp", latin("RIFF\0\0\0\0WEBP")],
  ["gif", latin("GIF89a")],
  ["bmp", latin("BM\x36\x10")],
  ["pdf", latin("%PDF-1.7")],
  ["gzip", latin("\x1f\x8b\x08")],
  ["7z", latin("7z\xbc\xaf\x27\x1c")],
  ["tar", latin(`${"weights.bin".padEnd(257, "\0")}ustar`)],
  ["coreml", bytesOf(int(1, 4), message(2, message(1, string(1, "image"))), message(500, message(1, string(1, "x"))))],
  ["openvino", text('<?xml version="1.0"?>\n<net name="resnet" version="11">\n<layers>')],
  ["html", text("\n<!DOCTYPE html><html><title>Sign in</title>")],
  ["tensorflowjs", text('{"format": "graph-model", "modelTopology": {}}')],
  ["json", text('{"a": 1}')],
  ["text", text("a résumé\n")],
  ["text", text(":-b xyz")],
  ["unknown", Uint8Array.of(0xc3, 0x28, 0x01, 0x02, 0x03)],
];

test("each kind of the table has a sample here", () => {
  assert.deepEqual(
    formats.map(({ id }) => id).filter((id) => !samples.some(([known]) => known === id)),
    [],
  );
});

for (const [id, bytes] of samples) {
  test(`${id} is known by its bytes, whatever its name`, () => {
    assert.equal(identify(memorySource("model.onnx", bytes)).id, id);
  });
}

test("each file of the model and sample folders is what it is", () => {
  const root = path.resolve(process.env.GLASSBOX_ROOT ?? ".", "../shared");
  const known: Readonly<Record<string, FormatId>> = {
    "models/efficientnet-lite0-imagenet.onnx": "onnx",
    "models/squeezenet1.0-imagenet-fp16.onnx": "onnx",
    "models/smollm2-135m-instruct-q4_1.gguf": "gguf",
    "samples/chelsea.png": "png",
    "samples/rocket.jpg": "jpeg",
    "models/README.md": "text",
  };
  for (const [name, id] of Object.entries(known).filter(([file]) => fs.existsSync(path.join(root, file)))) {
    const source = fileSource(path.join(root, name));
    assert.equal(identify(source).id, id, name);
    source.close();
  }
});

test("a checkpoint renamed to .onnx is called by its true name", () => {
  assert.throws(
    () => readOnnx(memorySource("model.onnx", zip("archive/data.pkl", "archive/version"))),
    (error) =>
      error instanceof GlassboxError && error.what === "this is a PyTorch checkpoint (zip archive), not an ONNX model",
  );
});

test("identifying damaged files never throws", () => {
  for (let seed = 0; seed < fuzzRuns(2000); seed++) {
    identify(memorySource("x", mutate(samples[seed % samples.length]![1], seed)));
  }
});
