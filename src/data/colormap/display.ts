import { colormap, colorOf, blue, orange, type ColormapName, type Rgb } from "./colormap.ts";
import { gaussian } from "./gaussian.ts";
import { enlarge, heatmap, type Heatmap } from "./heatmap.ts";
import { percentile } from "./percentile.ts";

/** `where`: the location of the evidence. `signed`: evidence for and against. `raw`: unprocessed values. `photograph`: no map. */
export type DisplayStyle = "where" | "signed" | "raw" | "photograph";

export interface DisplayOptions {
  readonly style: DisplayStyle;
  /** The colour map of magnitudes; signed values always use blue and orange. */
  readonly colormap: Exclude<ColormapName, "signed">;
  /** The opacity of the map, 0 to 1. */
  readonly opacity: number;
  /** How to enlarge a coarse map. */
  readonly coarse: "smooth" | "cells";
  /** Common limits for maps that are compared; by default they are derived from this map. */
  readonly scale?: Scale | undefined;
}

export const defaultDisplay: DisplayOptions = { style: "where", colormap: "warm", opacity: 0.9, coarse: "smooth" };

/** The magnitudes at which a map begins to show, and at which it is fully drawn. */
export interface Scale {
  readonly floor: number;
  readonly ceiling: number;
}

/** How the values were processed before drawing. The scale bar shows it, and exports contain it. */
export interface DisplayRecord {
  readonly style: DisplayStyle;
  readonly colormap: ColormapName;
  /** The standard deviation of the smoothing in pixels of the photograph; 0 for none. */
  readonly sigma: number;
  readonly sigmaPercentOfWidth: number;
  readonly scale: Scale;
  /** The percentiles that determine the scale; `undefined` if the scale was given or is the largest magnitude. */
  readonly percentiles: { readonly floor: number; readonly ceiling: number } | undefined;
  /** The share of the pixels at or below the floor. */
  readonly hidden: number;
  /** The share of the pixels above the ceiling. */
  readonly clipped: number;
  /** The extremes of the original values. */
  readonly min: number;
  readonly max: number;
  /** The number of values that were not finite; they are drawn as 0. */
  readonly notFinite: number;
  /** Whether every value is 0 (or none is finite), so that there is nothing to draw. */
  readonly blank: boolean;
}

export interface Rendered {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
  readonly record: DisplayRecord;
}

/** The crop that the model saw, as interleaved 8-bit RGB. */
export interface Photograph {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

interface StyleRule {
  /** As a share of the width. */
  readonly sigma: number;
  readonly signed: boolean;
  readonly percentiles: { readonly floor: number; readonly ceiling: number } | undefined;
}

/** Without a floor everything would glow; without a ceiling one pixel would darken all others. */
const limits = { floor: 55, ceiling: 99.5 };
const rules: Readonly<Record<DisplayStyle, StyleRule>> = {
  where: { sigma: 0.015, signed: false, percentiles: limits },
  signed: { sigma: 0.0075, signed: true, percentiles: limits },
  raw: { sigma: 0, signed: true, percentiles: undefined },
  photograph: { sigma: 0, signed: false, percentiles: limits },
};

/** The share of the greyscale photograph's brightness that remains under a map. */
const dimming = 0.7;

/**
 * Draws a map over its photograph. The map may be coarser than the photograph, and signed. `where` smooths the magnitudes,
 * so that neighbours of opposite sign add up; `signed` smooths the signed values, so that they cancel.
 */
export function display(map: Heatmap, photograph: Photograph, options: DisplayOptions = defaultDisplay): Rendered {
  const { width, height } = photograph;
  const rule = rules[options.style];
  const { clean, facts } = inspect(map);
  const magnitudeFirst = rule.signed ? clean : heatmap(clean.width, clean.height, clean.values.map(Math.abs));
  const sigma = rule.sigma * width;
  const drawn = gaussian(
    enlarge(magnitudeFirst, width, height, options.style === "raw" ? "cells" : options.coarse),
    sigma,
  );
  const magnitudes = drawn.values.map(Math.abs);
  const scale = options.scale ?? findScale(magnitudes, rule);
  const diverging = rule.signed && facts.min < 0;
  const record: DisplayRecord = {
    ...facts,
    style: options.style,
    colormap: diverging || options.style === "signed" ? "signed" : options.colormap,
    sigma,
    sigmaPercentOfWidth: rule.sigma * 100,
    scale,
    percentiles: options.scale ? undefined : rule.percentiles,
    hidden: share(magnitudes, (value) => value <= scale.floor),
    clipped: share(magnitudes, (value) => value > scale.ceiling),
  };
  return { width, height, rgba: paint(drawn, photograph, record, options.opacity), record };
}

function inspect(map: Heatmap): {
  readonly clean: Heatmap;
  readonly facts: Pick<DisplayRecord, "min" | "max" | "notFinite" | "blank">;
} {
  let [min, max, notFinite] = [Infinity, -Infinity, 0];
  const values = map.values.map((value) => {
    if (!Number.isFinite(value)) {
      notFinite++;
      return 0;
    }
    min = Math.min(min, value);
    max = Math.max(max, value);
    return value;
  });
  const none = min > max;
  return {
    clean: heatmap(map.width, map.height, values),
    facts: { min: none ? 0 : min, max: none ? 0 : max, notFinite, blank: none || (min === 0 && max === 0) },
  };
}

function findScale(magnitudes: Float32Array, { percentiles }: StyleRule): Scale {
  const largest = magnitudes.reduce((max, value) => Math.max(max, value), 0);
  if (!percentiles) return { floor: 0, ceiling: largest };
  const floor = percentile(magnitudes, percentiles.floor);
  const ceiling = percentile(magnitudes, percentiles.ceiling);
  // The percentiles coincide if a map has only a few bright pixels, or the same value everywhere.
  return ceiling > floor
    ? { floor, ceiling }
    : largest > floor
      ? { floor, ceiling: largest }
      : { floor: 0, ceiling: largest };
}

const share = (values: Float32Array, test: (value: number) => boolean): number =>
  values.reduce((count, value) => count + (test(value) ? 1 : 0), 0) / Math.max(1, values.length);

function paint(
  map: Heatmap,
  photograph: Photograph,
  record: DisplayRecord,
  opacity: number,
): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(map.values.length * 4);
  const { floor, ceiling } = record.scale;
  const range = ceiling - floor;
  for (let i = 0; i < map.values.length; i++) {
    const value = map.values[i]!;
    const strength = range > 0 ? Math.min(1, Math.max(0, (Math.abs(value) - floor) / range)) : 0;
    const [red, green, bluish] = pixelColor(photograph.data, i * 3, value < 0 ? -strength : strength, record, opacity);
    rgba[i * 4] = red;
    rgba[i * 4 + 1] = green;
    rgba[i * 4 + 2] = bluish;
    rgba[i * 4 + 3] = 255;
  }
  return rgba;
}

function pixelColor(
  rgb: Uint8Array,
  at: number,
  value: number,
  { style, colormap: name, blank }: DisplayRecord,
  opacity: number,
): Rgb {
  if (style === "photograph") return [rgb[at]!, rgb[at + 1]!, rgb[at + 2]!];
  if (style === "raw") return colorOf(colormap(name), value);
  const grey = dimming * (0.299 * rgb[at]! + 0.587 * rgb[at + 1]! + 0.114 * rgb[at + 2]!);
  const color =
    name === "signed"
      ? value < 0
        ? blue
        : orange
      : name === "warm"
        ? orange
        : colorOf(colormap(name), Math.abs(value));
  const cover = blank ? 0 : opacity * Math.abs(value);
  return [grey + (color[0] - grey) * cover, grey + (color[1] - grey) * cover, grey + (color[2] - grey) * cover];
}

/** Formats the record as one line for the scale bar. */
export function describe(record: DisplayRecord): string {
  const { style, sigma, sigmaPercentOfWidth, percentiles, scale, notFinite, blank } = record;
  if (style === "photograph") return "The photograph as the model sees it.";
  if (blank) return "Every value of this map is 0: there is nothing to draw.";
  const what =
    style === "where"
      ? "Magnitude"
      : style === "signed"
        ? "Orange for, blue against"
        : "Values as they are, up to the largest";
  const parts = [what];
  if (sigma > 0) parts.push(`smoothed by ${sigma.toFixed(1)} px (${sigmaPercentOfWidth} % of the width)`);
  if (percentiles) parts.push(`drawn from the ${percentiles.floor}th to the ${percentiles.ceiling}th percentile`);
  else if (style !== "raw")
    parts.push(
      `drawn from ${scale.floor.toPrecision(3)} to ${scale.ceiling.toPrecision(3)}, as in the maps next to it`,
    );
  if (notFinite > 0) parts.push(`${notFinite} value${notFinite === 1 ? " is" : "s are"} not finite and drawn as 0`);
  return `${parts.join("; ")}.`;
}
