import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { coreOperators } from "../graph/ops/table.ts";
import { evaluate } from "../graph/evaluate.ts";
import { prune } from "../graph/prune.ts";
import { onnxRuntime } from "../runtime/onnxruntime/onnxruntime.ts";
import { WeightStore } from "../runtime/weight-store.ts";
import { float32, fromFloat64, toFloat64 } from "../tensor/tensor.ts";
import { decoderGraph, logitsOutput, tokensInput } from "./decoder.ts";
import { openDecoder } from "./open.ts";
import { wholePrompts } from "./sequence.ts";
import { weightsOf, type WeightStorage } from "./weights.ts";

const folder = path.join(process.env["GLASSBOX_ROOT"] ?? ".", "test/oracles/tiny");
const store = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-weights-"));
test.after(() => fs.rmSync(store, { recursive: true }));

const tokens = [3, 1, 4, 1, 5];
const feeds = new Map([[tokensInput, fromFloat64("int64", [1, tokens.length], tokens)]]);
const graphOf = (name: string, storage: WeightStorage) =>
  prune(
    decoderGraph(
      openDecoder(path.join(folder, name), name, { storageFor: () => storage, mostTensorBytes: 2 ** 20 }).decoder,
      wholePrompts(1, tokens.length),
    ),
  );
const worst = (a: Float64Array, b: Float64Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

test("a checkpoint in float16 loses nothing when it is kept in float16, in either runtime", async () => {
  for (const name of ["llama-untied-float16", "gpt2-untied-sharded-float16"]) {
    const [single, half] = [graphOf(name, "float32"), graphOf(name, "float16")];
    const exact = evaluate(single, feeds, coreOperators).get(logitsOutput)!.data;
    assert.equal(
      worst(evaluate(half, feeds, coreOperators).get(logitsOutput)!.data as Float64Array, exact as Float64Array),
      0,
    );
    const program = await (await onnxRuntime(new WeightStore(store))).compile(half, { effort: "light" });
    assert.ok(worst(toFloat64((await program.run(feeds)).get(logitsOutput)!), exact as Float64Array) < 1e-4);
    await program.release();
  }
});

test("weights in float32 are rounded to 11 bits; what is not a matrix is not", () => {
  for (const name of ["llama-tied-float32", "gpt2-tied-float32"]) {
    const [single, half] = [graphOf(name, "float32"), graphOf(name, "float16")];
    const difference = worst(
      evaluate(half, feeds, coreOperators).get(logitsOutput)!.data as Float64Array,
      evaluate(single, feeds, coreOperators).get(logitsOutput)!.data as Float64Array,
    );
    assert.ok(difference > 1e-6 && difference < 2e-2, `${name}: ${difference}`);
    const halves = [...half.constants.values()].filter(({ dtype }) => dtype === "float16");
    assert.ok(halves.length > 0 && halves.every(({ shape }) => shape.length === 2));
  }
});

test("a weight beyond float16 is refused with a sentence, not stored as infinity", () => {
  const weights = weightsOf(
    {
      where: "m.gguf",
      tensors: new Map([["w", { shape: [1, 2], storage: "F32", dtype: "float32" }]]),
      read: () => float32([1, 2], Float32Array.of(1, -7e4)),
    },
    { identity: "x", storage: "float16" },
  );
  assert.throws(() => weights.get("w", [1, 2]).load(), /"w" holds numbers beyond float16's range.*float32/);
  assert.deepEqual([...weights.single("w", [1, 2]).load().data], [1, -7e4]);
});
