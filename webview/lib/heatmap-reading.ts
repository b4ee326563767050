import type { Heatmap as DrawnMap } from "../../src/data/colormap/heatmap.ts";
import type { HeatmapPlanes } from "../../src/protocol/result.ts";
import type { DisplayStyle } from "../../src/data/colormap/display.ts";

/** A place of the model's input, in its pixels. */
export interface Place {
  readonly row: number;
  readonly column: number;
}

/** Magnitudes for *where*, signed sums for the rest. */
export function drawnMap(planes: HeatmapPlanes, style: DisplayStyle): DrawnMap {
  const [plane, scale] =
    style === "where" ? [planes.magnitude, planes.magnitudeScale] : [planes.signed, planes.signedScale];
  return { width: planes.columns, height: planes.rows, values: Float32Array.from(plane, (value) => value * scale) };
}

/** The cell of the map that covers a place of the input. */
export const cellAt = ({ rows, columns, extent }: HeatmapPlanes, { row, column }: Place): Place => ({
  row: Math.min(rows - 1, Math.floor((row * rows) / extent[0])),
  column: Math.min(columns - 1, Math.floor((column * columns) / extent[1])),
});

export interface Strong extends Place {
  readonly value: number;
  readonly share: number;
}

/** The strongest places, for the table that says what the picture shows. */
export function strongest({ magnitude, signed, signedScale, columns }: HeatmapPlanes, count: number): Strong[] {
  const total = magnitude.reduce((sum, value) => sum + value, 0) || 1;
  return Array.from(magnitude.keys())
    .sort((a, b) => magnitude[b]! - magnitude[a]!)
    .slice(0, count)
    .map((place) => ({
      row: Math.floor(place / columns),
      column: place % columns,
      value: signed[place]! * signedScale,
      share: magnitude[place]! / total,
    }));
}

/** The middle of the strongest cell, in pixels of the input. */
export function strongestPlace(planes: HeatmapPlanes): Place | undefined {
  const [top] = strongest(planes, 1);
  return (
    top && {
      row: Math.floor(((top.row + 0.5) * planes.extent[0]) / planes.rows),
      column: Math.floor(((top.column + 0.5) * planes.extent[1]) / planes.columns),
    }
  );
}

/** How much of the picture holds half of the evidence: small is concentrated. */
export function halfArea({ magnitude }: HeatmapPlanes): number {
  const sorted = Uint16Array.from(magnitude).sort().reverse();
  const half = sorted.reduce((sum, value) => sum + value, 0) / 2;
  let sum = 0;
  let count = 0;
  while (count < sorted.length && sum < half) sum += sorted[count++]!;
  return count / sorted.length;
}

const thirds = (value: number, extent: number, names: readonly [string, string, string]): string =>
  names[Math.min(2, Math.floor((3 * value) / extent))]!;

/** One sentence from the data: how concentrated it is and where it is strongest. */
export function summary(planes: HeatmapPlanes): string {
  if (planes.blank) return planes.blank;
  const [top] = strongest(planes, 1);
  if (top === undefined || top.share === 0) return "";
  const where = `${thirds(top.row, planes.rows, ["upper", "middle", "lower"])} ${thirds(top.column, planes.columns, ["left", "centre", "right"])}`;
  return `Half of it lies on ${percent(halfArea(planes))} of the picture, the strongest in the ${where}.`;
}

export const percent = (share: number): string =>
  `${(100 * share).toPrecision(share < 0.0995 ? 2 : 3).replace(/\.0+$/, "")} %`;

/** Three significant digits, never `-0`. */
export const figure = (value: number): string => (value === 0 ? "0" : Number(value.toPrecision(3)).toString());
