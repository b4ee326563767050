import assert from "node:assert/strict";
import { test } from "node:test";
import { packed, unpacked } from "./wire.ts";

test("typed arrays, views and buffers arrive as they left, wherever they are; the rest as JSON", () => {
  const whole = new Float64Array([1, 2, 3, 4]);
  const message = {
    jsonrpc: "2.0",
    result: {
      planes: [new Uint16Array([1, 65535]), whole.subarray(1, 3)],
      png: Buffer.from("abc"),
      raw: new Uint8Array([7, 8]).buffer,
      none: null,
      text: "·to",
    },
  };
  // As it comes from the network: part of a larger buffer.
  assert.deepEqual(unpacked(Buffer.concat([Buffer.alloc(3), packed(message)]).subarray(3)), {
    ...message,
    result: {
      ...message.result,
      planes: [message.result.planes[0], new Float64Array([2, 3])],
      png: new Uint8Array([97, 98, 99]),
    },
  });
});

test("what JSON loses is lost, as in VS Code", () => {
  assert.deepEqual(unpacked(packed({ a: Number.NaN, b: undefined, c: [undefined] })), { a: null, c: [null] });
});
