import { image, type Image, type Rectangle, type Size } from "./image.ts";

/** The part inside `rectangle`. Pixels outside the picture are black, as torchvision pads, or repeat the nearest edge. */
export function crop(source: Image, { x, y, width, height }: Rectangle, outside: "black" | "edge" = "black"): Image {
  if (x === 0 && y === 0 && width === source.width && height === source.height) return source;
  const data = new Uint8Array(width * height * 3);
  const clamp = (value: number, extent: number): number => Math.min(extent - 1, Math.max(0, value));
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const fromX = clamp(x + column, source.width);
      const fromY = clamp(y + row, source.height);
      if (outside === "black" && (fromX !== x + column || fromY !== y + row)) continue;
      const from = (fromY * source.width + fromX) * 3;
      const to = (row * width + column) * 3;
      data[to] = source.data[from]!;
      data[to + 1] = source.data[from + 1]!;
      data[to + 2] = source.data[from + 2]!;
    }
  }
  return image(width, height, data);
}

/** The part of `rectangle` within a picture, at least one pixel: of a rectangle outside, the nearest edge. */
export function overlap({ x, y, width, height }: Rectangle, within: Size): Rectangle {
  const [left, columns] = overlapOfSpan(x, width, within.width);
  const [top, rows] = overlapOfSpan(y, height, within.height);
  return { x: left, y: top, width: columns, height: rows };
}

function overlapOfSpan(start: number, length: number, extent: number): readonly [start: number, length: number] {
  const from = Math.min(extent - 1, Math.max(0, start));
  return [from, Math.max(1, Math.min(extent, start + length) - from)];
}

/** The rectangle of a centred crop. Its offset is rounded half to even, like Python's `round` in torchvision's CenterCrop. */
export function centered(extent: Size, size: Size): Rectangle {
  return {
    x: roundHalfToEven((extent.width - size.width) / 2),
    y: roundHalfToEven((extent.height - size.height) / 2),
    ...size,
  };
}

function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

export function mirror(source: Image): Image {
  const data = new Uint8Array(source.data.length);
  for (let y = 0, to = 0; y < source.height; y++) {
    for (let x = source.width - 1; x >= 0; x--, to += 3) {
      const from = (y * source.width + x) * 3;
      data.set(source.data.subarray(from, from + 3), to);
    }
  }
  return image(source.width, source.height, data);
}
