import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import oracle from "../../../test/oracles/gguf-dequantize.json" with { type: "json" };
import { float32, toNumbers } from "../../tensor/tensor.ts";
import { fileSource } from "../source.ts";
import { dequantizerOf } from "./dequantize.ts";
import { ggmlTypes } from "./ggml-types.ts";
import { readGguf } from "./read.ts";
import { readTensor } from "./tensors.ts";
import { unpermuteRows } from "./unpermute-rows.ts";

const sha256 = (values: Float32Array): string =>
  createHash("sha256")
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest("hex");

for (const { type, bytes, float32, first } of oracle.blocks) {
  test(`${type} widens to the bits that ggml's Python reference gives`, () => {
    const layout = [...ggmlTypes.values()].find(({ name }) => name === type)!;
    const stored = Uint8Array.from(Buffer.from(bytes, "hex"));
    const blocks = stored.length / layout.blockBytes;
    const out = new Float32Array(blocks * layout.blockSize);
    dequantizerOf(type)!(stored, 0, blocks, out, 0);
    const heads =
      layout.blockSize === 1
        ? [...out.subarray(0, 4)]
        : [0, 1, 2, 3].flatMap((block) => [...out.subarray(block * layout.blockSize).subarray(0, 4)]);
    assert.deepEqual(heads, first);
    assert.equal(sha256(out), float32);
  });
}

const smollm2 = path.join(process.env["GLASSBOX_ROOT"] ?? ".", "../shared/models/smollm2-135m-instruct-q4_1.gguf");

test(
  "SmolLM2's tensors widen to the reference's bits, and all of them can be read",
  { skip: !fs.existsSync(smollm2) && "the model is absent" },
  () => {
    const source = fileSource(smollm2);
    const model = readGguf(source);
    for (const { name, type, shape, float32 } of oracle.smollm2) {
      const value = readTensor(model, name);
      assert.deepEqual(value.shape, shape);
      assert.equal(model.tensors.get(name)!.type.name, type);
      assert.equal(sha256(value.data as Float32Array), float32);
    }
    let parameters = 0;
    for (const name of model.tensors.keys()) parameters += readTensor(model, name).data.length;
    assert.equal(parameters, 134515008);
    source.close();
  },
);

test("unpermuting undoes reshape(heads, 2, d/2).swapaxes(1, 2) of the converters", () => {
  const heads = 2;
  const perHead = 6;
  const width = 3;
  const original = float32(
    [heads * perHead, width],
    Array.from({ length: heads * perHead * width }, (_, i) => i),
  );
  const permuted = new Float32Array(original.data.length);
  for (let head = 0; head < heads; head++) {
    for (let half = 0; half < 2; half++) {
      for (let pair = 0; pair < perHead / 2; pair++) {
        const from = (head * perHead + half * (perHead / 2) + pair) * width;
        const to = (head * perHead + 2 * pair + half) * width;
        for (let column = 0; column < width; column++) permuted[to + column] = original.data[from + column] as number;
      }
    }
  }
  assert.deepEqual(toNumbers(unpermuteRows(float32(original.shape, permuted), heads)), toNumbers(original));
  assert.deepEqual(toNumbers(unpermuteRows(float32([4], [0, 2, 1, 3]), 1)), [0, 1, 2, 3]);
  assert.throws(() => unpermuteRows(original, 5), /heads of an even size/);
});
