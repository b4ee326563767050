import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { fuzzRuns, mutate } from "../../test/fuzz/mutate.ts";
import { tokenizerFromGguf } from "../data/text/gguf-tokenizer.ts";
import { readGguf } from "../formats/gguf/read.ts";
import { memorySource } from "../formats/source.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { decoderGraph } from "./architecture.ts";
import { openDecoder } from "./open.ts";
import { wholePrompts } from "./sequence.ts";

const tiny = path.join(process.env["GLASSBOX_ROOT"] ?? ".", "test/oracles/tiny");
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-damaged-"));
test.after(() => fs.rmSync(folder, { recursive: true }));

/** Each mutation opened as a person would: as a decoder with its tokenizer, its graph built, its weights read. */
function openAll(file: string): void {
  const { decoder, metadata, close } = openDecoder(file, file, { storageFor: () => "float32", mostTensorBytes: 1 << 26 });
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

function survives(t: test.TestContext, runs: number, damage: (seed: number) => string): void {
  let [refused, slowest] = [0, 0];
  for (let seed = 1; seed <= runs; seed++) {
    const file = damage(seed);
    const began = process.cpuUsage();
    try {
      openAll(file);
    } catch (error) {
      if (!(error instanceof GlassboxError)) throw new Error(`seed ${seed}`, { cause: error });
      refused++;
    }
    const { user, system } = process.cpuUsage(began);
    slowest = Math.max(slowest, (user + system) / 1000);
  }
  t.diagnostic(`${runs} mutations, ${refused} refused, slowest ${slowest.toFixed(0)} ms, ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB resident`);
  assert.ok(slowest < 1000);
}

test("a damaged GGUF opens as a decoder with its tokenizer, or is refused with a sentence", (t) => {
  const bytes = fs.readFileSync(path.join(tiny, "llama-scaled-rope-float32.gguf"));
  // Damaged weights are other weights; what can be lied about stands before them.
  const data = Math.min(...[...readGguf(memorySource("m.gguf", bytes)).tensors.values()].map(({ offset }) => offset));
  const file = path.join(folder, "damaged.gguf");
  survives(t, fuzzRuns(1000), (seed) => {
    fs.writeFileSync(file, Buffer.concat([mutate(bytes.subarray(0, data), seed), bytes.subarray(data)]));
    return file;
  });
});

test("a checkpoint with a damaged config, index or shard opens, or is refused with a sentence", (t) => {
  const source = path.join(tiny, "llama-sharded-bfloat16");
  const names = fs.readdirSync(source).filter((name) => name !== "oracle.json");
  const whole = new Map(names.map((name) => [name, fs.readFileSync(path.join(source, name))]));
  const copy = path.join(folder, "sharded");
  fs.mkdirSync(copy);
  for (const [name, bytes] of whole) fs.writeFileSync(path.join(copy, name), bytes);
  let last: string | undefined;
  survives(t, fuzzRuns(1000), (seed) => {
    if (last) fs.writeFileSync(path.join(copy, last), whole.get(last)!);
    last = names[seed % names.length]!;
    fs.writeFileSync(path.join(copy, last), mutate(whole.get(last)!, seed));
    return copy;
  });
});
