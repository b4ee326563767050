import assert from "node:assert/strict";
import { test } from "node:test";
import { colormap, colormapNames, colorOf, type ColormapName } from "./colormap.ts";

/** CIE L* of an 8-bit sRGB colour. */
function lightness(name: ColormapName, index: number): number {
  const linear = [0, 1, 2].map((channel) => {
    const c = colormap(name).table[3 * index + channel]! / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  const y = 0.2126 * linear[0]! + 0.7152 * linear[1]! + 0.0722 * linear[2]!;
  return y > 216 / 24389 ? 116 * Math.cbrt(y) - 16 : (y * 24389) / 27;
}

test("every sequential map becomes lighter with the value", () => {
  for (const name of colormapNames.filter((n) => n !== "signed")) {
    for (let i = 8; i < 256; i += 4) assert.ok(lightness(name, i) > lightness(name, i - 8), `${name} at ${i}`);
  }
});

test("the signed map is darkest at zero and lightens both ways", () => {
  for (let i = 8; i <= 120; i += 8) {
    assert.ok(lightness("signed", 128 + i) > lightness("signed", 128 + i - 8));
    assert.ok(lightness("signed", 127 - i) > lightness("signed", 127 - i + 8));
  }
  assert.deepEqual(colorOf(colormap("signed"), -1), [60, 140, 255]);
  assert.deepEqual(colorOf(colormap("signed"), 1), [255, 150, 20]);
});

/** Entries of matplotlib 3.10's tables between our anchors. */
const published: Readonly<Record<string, Readonly<Record<number, readonly number[]>>>> = {
  inferno: {
    5: [2, 2, 12],
    40: [47, 10, 91],
    100: [144, 37, 104],
    128: [188, 55, 84],
    200: [251, 157, 7],
    250: [245, 249, 146],
  },
  viridis: {
    5: [70, 8, 92],
    40: [69, 55, 129],
    100: [42, 118, 142],
    128: [33, 145, 140],
    200: [112, 207, 87],
    250: [241, 229, 29],
  },
  cividis: {
    5: [0, 38, 86],
    40: [39, 62, 110],
    100: [101, 104, 112],
    128: [125, 124, 120],
    200: [196, 180, 104],
    250: [252, 226, 54],
  },
};

test("inferno, viridis and cividis are within 6 levels of the published tables", () => {
  for (const [name, entries] of Object.entries(published)) {
    for (const [index, expected] of Object.entries(entries)) {
      const color = colorOf(colormap(name as ColormapName), Number(index) / 255);
      color.forEach((value, channel) =>
        assert.ok(Math.abs(value - expected[channel]!) <= 6, `${name}[${index}] ${color} for ${expected}`),
      );
    }
  }
});

test("values outside the domain, and NaN, still have a colour", () => {
  const map = colormap("viridis");
  assert.deepEqual(colorOf(map, 7), colorOf(map, 1));
  assert.deepEqual(colorOf(map, -7), colorOf(map, 0));
  assert.deepEqual(colorOf(map, NaN), colorOf(map, 0));
});
