import assert from "node:assert/strict";
import { test } from "node:test";
import type { TransferredTensor } from "./worker-thread.ts";
import { TransferBufferPool } from "./transfer-buffer-pool.ts";

const feed = (...values: readonly number[]): TransferredTensor => ({
  name: "x",
  type: "float32",
  shape: [values.length],
  data: Float32Array.from(values),
});

test("feeds are copied, even if they are views, and a returned buffer is used for the next feed of its size", () => {
  const buffers = new TransferBufferPool();
  const whole = Float32Array.of(1, 2, 3, 4);
  const [first] = buffers.load([{ name: "x", type: "float32", shape: [2], data: whole.subarray(1, 3) }]);
  assert.deepEqual(first!.data, Float32Array.of(2, 3));
  assert.equal(first!.data.buffer.byteLength, 8);

  buffers.keep([first!.data.buffer]);
  const [other] = buffers.load([feed(5, 6, 7)]);
  assert.notEqual(other!.data.buffer, first!.data.buffer);
  const [second, third] = buffers.load([feed(8, 9), feed(10, 11)]);
  assert.equal(second!.data.buffer, first!.data.buffer);
  assert.notEqual(third!.data.buffer, first!.data.buffer);
  assert.deepEqual(
    [second!.data, third!.data, whole],
    [Float32Array.of(8, 9), Float32Array.of(10, 11), Float32Array.of(1, 2, 3, 4)],
  );
});

test("clear drops all buffers", () => {
  const buffers = new TransferBufferPool();
  const [first] = buffers.load([feed(1)]);
  buffers.keep([first!.data.buffer]);
  buffers.clear();
  assert.notEqual(buffers.load([feed(2)])[0]!.data.buffer, first!.data.buffer);
});
