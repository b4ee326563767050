import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { GlassboxError } from "../../tensor/errors.ts";
import { crop } from "./crop.ts";
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

test("a window holds the pixels that cropping the whole result gives, every filter, up and down, one axis or both", () => {
  const source = noise(17, 13);
  for (const filter of ["bilinear", "bicubic", "lanczos", "box"] as const) {
    for (const [width, height] of [
      [40, 31],
      [7, 5],
      [17, 29],
      [30, 13],
      [17, 13],
      [6, 40],
    ] as const) {
      const whole = resize(source, { width, height }, filter);
      for (const window of [
        { x: 0, y: 0, width: 3, height: 2 },
        { x: 2, y: 1, width: 4, height: 3 },
        { x: width - 5, y: height - 4, width: 5, height: 4 },
      ])
        assert.deepEqual(resize(source, { width, height }, filter, window), crop(whole, window));
    }
  }
});

test("a window of a strip is resampled without the strip, and what is too large is refused before it is made", () => {
  const strip = noise(1, 60_000);
  const size = { width: 256, height: 15_360_000 };
  const window = { x: 16, y: 7_000_000, width: 224, height: 224 };
  assert.equal(resize(strip, size, "bilinear", window).data.length, 224 * 224 * 3);
  const refused = (run: () => unknown): void =>
    assert.throws(
      run,
      (error) => error instanceof GlassboxError && error.kind === "resource" && /over the limit/.test(error.what),
    );
  refused(() => resize(strip, size, "bilinear"));
  refused(() => resize(noise(20_000, 1), { width: 5_120_000, height: 256 }, "bicubic"));
  // Columns come first, so all rows would be widened.
  refused(() => resize(strip, { width: 2000, height: 10 }, "box"));
});
