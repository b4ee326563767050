import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { image, type Image } from "./image.ts";
import oracle from "./pillow-resize.json";
import { resize, type Filter } from "./resize.ts";

/** The generator of test/oracles/pillow-resize.py. */
function noise(width: number, height: number): Image {
  const data = new Uint8Array(width * height * 3);
  let state = 1n;
  for (let i = 0; i < data.length; i++) {
    state = (state * 1103515245n + 12345n) % 2n ** 31n;
    data[i] = Number((state >> 16n) & 255n);
  }
  return image(width, height, data);
}

test(`resizing equals Pillow ${oracle.pillow} bit for bit, every filter, up and down`, () => {
  for (const expected of oracle.cases) {
    const [width, height] = "from" in expected ? (expected.from as [number, number]) : [17, 13];
    const { data } = resize(noise(width, height), expected, expected.filter as Filter);
    const label = `${expected.filter} to ${expected.width} × ${expected.height}`;
    if ("pixels" in expected) assert.deepEqual([...data], expected.pixels, label);
    assert.equal(createHash("sha256").update(data).digest("hex"), expected.sha256, label);
  }
});

test("a constant picture stays constant, and the same size is the same picture", () => {
  const flat = image(7, 5, new Uint8Array(7 * 5 * 3).fill(200));
  for (const filter of ["bilinear", "bicubic", "lanczos", "box"] as const) {
    assert.ok(resize(flat, { width: 31, height: 2 }, filter).data.every((value) => value === 200));
    assert.deepEqual(resize(noise(6, 4), { width: 6, height: 4 }, filter), noise(6, 4));
  }
});
