import type { AnswerData, ShownData } from "../protocol/answer-data.ts";
import type { CellReading } from "../protocol/question.ts";
import type { Heatmap, HeatmapPlanes } from "../protocol/result.ts";
import { toFloat64 } from "../tensor/tensor.ts";

/** Data reduced to what a drawing needs: maps as 16-bit planes; parts that events carried are left out. */
export function displayData(data: AnswerData): ShownData {
  if (data.kind === "heatmap") return planes(data);
  return "parts" in data ? { ...data, parts: [] } : data;
}

interface Sums {
  readonly magnitude: Float64Array;
  readonly signed: Float64Array;
}

/** Over channels, for each cell. */
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

export function planes(heatmap: Heatmap): HeatmapPlanes {
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

/** The exact values of one cell, its rank and its share. */
export function readHeatmap(heatmap: Heatmap, row: number, column: number): CellReading {
  const [channels, , columns] = heatmap.values.shape as [number, number, number];
  const { magnitude } = sumsOf(heatmap);
  const cell = row * columns + column;
  const numbers = toFloat64(heatmap.values);
  const total = magnitude.reduce((sum, value) => sum + value, 0);
  return {
    values: Array.from({ length: channels }, (_, channel) => numbers[channel * magnitude.length + cell]!),
    rank: 1 + magnitude.reduce((above, value) => above + (value > magnitude[cell]! ? 1 : 0), 0),
    cells: magnitude.length,
    share: total ? magnitude[cell]! / total : 0,
  };
}
