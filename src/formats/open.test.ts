import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { zipSync } from "fflate";
import { bytesOf, int, message, string } from "../../test/fuzz/protobuf.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { openGraph, openTensors, tensorFilesOf } from "./open.ts";
import { endingsFor, formats, formatsFor } from "./table.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-formats-"));
test.after(() => fs.rmSync(folder, { recursive: true }));

const write = (name: string, bytes: string | Uint8Array): string => {
  const file = path.join(folder, name);
  fs.writeFileSync(file, bytes);
  return file;
};
const tiny = path.join(process.env["GLASSBOX_ROOT"] ?? ".", "test/oracles/tiny");

async function refusal(of: () => unknown): Promise<string> {
  try {
    await of();
  } catch (error) {
    if (error instanceof GlassboxError) return `${error.what}. ${error.hint}`;
    throw error;
  }
  return assert.fail("it was opened");
}

test("a file that runs elsewhere, or nowhere, is called by its true name, with what to do", async () => {
  const checkpoint = write("net.onnx", zipSync({ "archive/data.pkl": new Uint8Array(3) }));
  assert.equal(
    await refusal(() => openGraph(checkpoint)),
    "net.onnx is a PyTorch checkpoint (zip archive). Save the weights as safetensors, with config.json in the same folder, or export the network with torch.onnx.export.",
  );
  const words = write("words.onnx", "GGUF\x03\0\0\0");
  assert.match(
    await refusal(() => openGraph(words)),
    /^words.onnx is a GGUF file \(llama\.cpp\)\. .*Text Workbench.*glassbox generate/,
  );
  assert.equal(
    await refusal(() => openGraph(write("words.txt", "hello"))),
    "words.txt is a text file. Pictures are explained with Keras HDF5, Keras 3, ONNX or TensorFlow.js models, language models opened from GGUF and safetensors. Export the model to one of these.",
  );
  const onnx = bytesOf(int(1, 8), message(7, message(1, string(1, "x"), string(4, "Relu")), string(2, "g")));
  assert.equal(
    await refusal(() => openTensors(write("net.gguf", onnx))),
    "net.gguf is an ONNX model. It is explained with pictures: choose Explain a Prediction, or in the terminal glassbox explain. Language models are opened from GGUF or safetensors files.",
  );
});

test("a pointer of Git LFS under a model's name is no model", async () => {
  const pointer = write("model.safetensors", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n");
  assert.match(await refusal(() => openTensors(pointer)), /^model\.safetensors is a Git LFS pointer.*git lfs pull/);
  fs.rmSync(pointer);
  assert.match(await refusal(() => openTensors(folder)), /no model\.safetensors/);
});

test("tensors of either container have names, shapes, types and a way to be read", async () => {
  const [gguf, sharded] = ["llama-tied-float32.gguf", "llama-sharded-bfloat16"].map((name) =>
    openTensors(path.join(tiny, name)),
  );
  assert.deepEqual(gguf!.source.tensors.get("token_embd.weight"), {
    shape: [61, 24],
    storage: "F32",
    dtype: "float32",
  });
  assert.deepEqual(gguf!.source.read("token_embd.weight").shape, [61, 24]);
  assert.equal(gguf!.metadata?.string("general.architecture"), "llama");
  const { shape, storage, dtype } = sharded!.source.tensors.get("model.norm.weight")!;
  assert.deepEqual([shape, storage, dtype, sharded!.metadata], [[20], "BF16", "bfloat16", undefined]);
  assert.equal(sharded!.source.read("model.norm.weight").dtype, "bfloat16");
  assert.throws(() => gguf!.source.read("token_embd.weight", 16), GlassboxError);
  for (const each of [gguf, sharded]) each!.close();
});

test("a shard, its index and their folder name the same files", async () => {
  const sharded = path.join(tiny, "llama-sharded-bfloat16");
  const names = [
    sharded,
    path.join(sharded, "model.safetensors.index.json"),
    path.join(sharded, "model-00002-of-00003.safetensors"),
  ];
  for (const name of names) {
    const { files, describedNextToThem } = tensorFilesOf(name);
    assert.deepEqual(
      files.map((file) => path.relative(sharded, file)),
      ["model.safetensors.index.json", ...[1, 2, 3].map((i) => `model-0000${i}-of-00003.safetensors`)],
    );
    assert.ok(describedNextToThem);
  }
});

test("the table is sound: ids once, endings as file names end, a name for each that can be opened or read", async () => {
  assert.equal(new Set(formats.map(({ id }) => id)).size, formats.length);
  for (const { id, name, endings, level, holds, subjects } of formats) {
    assert.ok(
      endings.every((ending) => /^\.[a-z0-9]+$/.test(ending)),
      id,
    );
    if (level !== "recognised") assert.ok(name && holds && endings.length > 0, id);
    assert.equal(level === "runs", subjects.length > 0, id);
  }
  assert.deepEqual(
    [endingsFor("picture"), endingsFor("text")],
    [
      [".h5", ".hdf5", ".keras", ".onnx"],
      [".gguf", ".safetensors"],
    ],
  );
  assert.deepEqual(
    formatsFor("text").map(({ name }) => name),
    ["GGUF", "safetensors"],
  );
});
