import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { fuzzRuns } from "../../test/fuzz/mutate.ts";
import { survives } from "../../test/fuzz/survives.ts";
import { tokenizerFromGguf } from "../data/text/gguf-tokenizer.ts";
import { readGguf } from "../formats/gguf/read.ts";
import { memorySource } from "../formats/source.ts";
import { decoderGraph } from "./decoder.ts";
import { openDecoder } from "./open.ts";
import { wholePrompts } from "./sequence.ts";

const tiny = path.join(process.env["GLASSBOX_ROOT"] ?? ".", "test/oracles/tiny");
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-damaged-"));
test.after(() => fs.rmSync(folder, { recursive: true }));

/** Each mutation opened as a person would: as a decoder with its tokenizer, its graph built, its weights read. */
function openAll(file: string): void {
  const { decoder, metadata, close } = openDecoder(file, file, {
    storageFor: () => "float32",
    mostTensorBytes: 1 << 26,
  });
  try {
    if (metadata) {
      const tokenizer = tokenizerFromGguf(metadata);
      tokenizer.decode(tokenizer.encode("the cat sat on the mat, €\n").map(({ id }) => id));
    }
    for (const constant of decoderGraph(decoder, wholePrompts(1, 4)).constants.values()) constant.load();
  } finally {
    close();
  }
}

test("a damaged GGUF opens as a decoder with its tokenizer, or is refused with a sentence", (t) => {
  const bytes = fs.readFileSync(path.join(tiny, "llama-scaled-rope-float32.gguf"));
  // Damaged weights are other weights; what can be lied about stands before them.
  const data = Math.min(...[...readGguf(memorySource("m.gguf", bytes)).tensors.values()].map(({ offset }) => offset));
  const file = path.join(folder, "damaged.gguf");
  survives(t, fuzzRuns(1000), [bytes.subarray(0, data)], (damaged) => {
    fs.writeFileSync(file, Buffer.concat([damaged, bytes.subarray(data)]));
    openAll(file);
  });
});

test("a checkpoint with a damaged config, index or header opens, or is refused with a sentence", (t) => {
  const source = path.join(tiny, "llama-sharded-bfloat16");
  const copy = path.join(folder, "sharded");
  fs.cpSync(source, copy, { recursive: true });
  const files = fs
    .readdirSync(source)
    .filter((name) => name !== "oracle.json")
    .map((name) => ({ name, bytes: fs.readFileSync(path.join(source, name)) }));
  const heads = files.map(({ name, bytes }) =>
    name.endsWith(".safetensors") ? bytes.subarray(0, 8 + Number(bytes.readBigUInt64LE())) : bytes,
  );
  survives(t, fuzzRuns(1000), heads, (damaged, seed) => {
    const { name, bytes } = files[seed % files.length]!;
    fs.writeFileSync(
      path.join(copy, name),
      Buffer.concat([damaged, bytes.subarray(heads[seed % files.length]!.length)]),
    );
    try {
      openAll(copy);
    } finally {
      fs.writeFileSync(path.join(copy, name), bytes);
    }
  });
});
