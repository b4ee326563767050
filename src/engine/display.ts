import type { PlaceReading } from "../protocol/engine.ts";
import type { AnalysisData, ShownData } from "../protocol/analysis-data.ts";
import type { Heatmap, HeatmapPlanes } from "../protocol/result.ts";
import { toFloat64 } from "../tensor/tensor.ts";

/** What a webview is sent of a result: pictures as 16-bit planes, everything else as it is. */
export const forDisplay = <R extends { readonly data: AnalysisData }>(
  result: R,
): Omit<R, "data"> & { readonly data: Displayed<R["data"]> } => ({
  ...result,
  data: displayed(result.data) as Displayed<R["data"]>,
});

type Displayed<Data> = Data extends Heatmap ? HeatmapPlanes : Data;

const displayed = (data: AnalysisData): ShownData => (data.kind === "heatmap" ? planes(data) : data);

interface Sums {
  readonly magnitude: Float64Array;
  readonly signed: Float64Array;
}

/** Over channels, for each place. */
function sumsOf({ values }: Heatmap): Sums {
  const [channels, rows, columns] = values.shape as [number, number, number];
  const area = rows * columns;
  const numbers = toFloat64(values);
  const magnitude = new Float64Array(area);
  const signed = new Float64Array(area);
  for (let channel = 0; channel < channels; channel++) {
    for (let place = 0; place < area; place++) {
      const value = numbers[channel * area + place]!;
      magnitude[place] = magnitude[place]! + Math.abs(value);
      signed[place] = signed[place]! + value;
    }
  }
  return { magnitude, signed };
}

function planes(heatmap: Heatmap): HeatmapPlanes {
  const { values, kind: _kind, ...rest } = heatmap;
  const [, rows, columns] = values.shape as [number, number, number];
  const { magnitude, signed } = sumsOf(heatmap);
  const magnitudeScale = largest(magnitude) / 65535;
  const signedScale = largest(signed) / 32767;
  return {
    ...rest,
    kind: "planes",
    rows,
    columns,
    magnitude: Uint16Array.from(magnitude, (value) => Math.round(value / (magnitudeScale || 1))),
    magnitudeScale,
    signed: Int16Array.from(signed, (value) => Math.round(value / (signedScale || 1))),
    signedScale,
  };
}

/** Of the finite magnitudes; a map with others is not drawn but explained. */
const largest = (values: Float64Array): number =>
  values.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0);

/** Exact values of one place, its rank and its share. */
export function readHeatmap(heatmap: Heatmap, row: number, column: number): PlaceReading {
  const [channels, , columns] = heatmap.values.shape as [number, number, number];
  const { magnitude } = sumsOf(heatmap);
  const place = row * columns + column;
  const numbers = toFloat64(heatmap.values);
  const total = magnitude.reduce((sum, value) => sum + value, 0);
  return {
    values: Array.from({ length: channels }, (_, channel) => numbers[channel * magnitude.length + place]!),
    rank: 1 + magnitude.reduce((above, value) => above + (value > magnitude[place]! ? 1 : 0), 0),
    places: magnitude.length,
    share: total ? magnitude[place]! / total : 0,
  };
}
