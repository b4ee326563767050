/** One value per pixel, rows from the top. */
export interface Heatmap {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

export function heatmap(width: number, height: number, values: Float32Array): Heatmap {
  if (values.length !== width * height)
    throw new RangeError(`${values.length} values cannot fill a map of ${width} × ${height}`);
  return { width, height, values };
}

/**
 * Reduces an attribution with channels, [C, H, W] or [H, W, C], to one value per pixel: the sum over the channels (evidence
 * for minus evidence against), or the sum of the magnitudes (total evidence).
 */
export function overChannels(
  values: ArrayLike<number>,
  {
    width,
    height,
    channels,
    layout,
  }: { readonly width: number; readonly height: number; readonly channels: number; readonly layout: "NCHW" | "NHWC" },
  reduce: "sum" | "magnitude",
): Heatmap {
  const pixels = width * height;
  if (values.length !== pixels * channels)
    throw new RangeError(`${values.length} values cannot fill ${channels} × ${height} × ${width}`);
  const out = new Float32Array(pixels);
  const [channelStep, pixelStep] = layout === "NCHW" ? [pixels, 1] : [1, channels];
  for (let pixel = 0; pixel < pixels; pixel++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) {
      const value = values[channel * channelStep + pixel * pixelStep]!;
      sum += reduce === "sum" ? value : Math.abs(value);
    }
    out[pixel] = sum;
  }
  return heatmap(width, height, out);
}

/**
 * Enlarges a coarse map, e.g. a CAM of 7 × 7. `smooth` interpolates between the centres of the cells and extends the edge
 * values outward. `cells` keeps the cells visible, because a smooth map looks more precise than it is.
 */
export function enlarge(map: Heatmap, width: number, height: number, how: "smooth" | "cells"): Heatmap {
  if (map.width === width && map.height === height) return map;
  const out = new Float32Array(width * height);
  const clamp = (value: number, extent: number): number => Math.min(extent - 1, Math.max(0, value));
  for (let y = 0; y < height; y++) {
    const sourceY = ((y + 0.5) * map.height) / height;
    const exactY = clamp(sourceY - 0.5, map.height);
    const top = Math.floor(exactY);
    const bottom = clamp(top + 1, map.height);
    for (let x = 0; x < width; x++) {
      const sourceX = ((x + 0.5) * map.width) / width;
      if (how === "cells") {
        out[y * width + x] = map.values[Math.floor(sourceY) * map.width + Math.floor(sourceX)]!;
        continue;
      }
      const exactX = clamp(sourceX - 0.5, map.width);
      const left = Math.floor(exactX);
      const right = clamp(left + 1, map.width);
      const at = (row: number): number => {
        const a = map.values[row * map.width + left]!;
        return a + (map.values[row * map.width + right]! - a) * (exactX - left);
      };
      const upper = at(top);
      out[y * width + x] = upper + (at(bottom) - upper) * (exactY - top);
    }
  }
  return heatmap(width, height, out);
}
