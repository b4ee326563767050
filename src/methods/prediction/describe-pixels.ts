import type { OutputKind } from "../../protocol/contract.ts";
import type { FoundRegion, PixelsPrediction, SegmentationPrediction } from "../../protocol/result.ts";
import type { Described, OutputOf } from "./described.ts";
import { sigmoid, softmax } from "../../tensor/softmax.ts";
import { nameOf } from "./rank-classes.ts";

type Kind<Name extends OutputKind["is"]> = Extract<OutputKind, { readonly is: Name }>;

/** The classes that have pixels, largest first. */
export function describeSegmentation(
  { values, top, names }: OutputOf,
  { classes, rows, columns, exclusive }: Kind<"segmentation">,
): Described<SegmentationPrediction> {
  const labels = labelsOf(values, classes, exclusive);
  const area = rows * columns;
  const sums = Array.from({ length: classes }, () => ({ pixels: 0, probability: 0, row: 0, column: 0 }));
  const each = new Float64Array(classes);
  for (let pixel = 0; pixel < area; pixel++) {
    const sum = sums[labels[pixel]!];
    if (sum === undefined) continue;
    for (let c = 0; c < classes; c++) each[c] = values[c * area + pixel]!;
    sum.pixels++;
    sum.probability += exclusive ? softmax(each)[labels[pixel]!]! : sigmoid(each[labels[pixel]!]!);
    sum.row += Math.floor(pixel / columns);
    sum.column += pixel % columns;
  }
  const found = sums
    .map(({ pixels, probability, row, column }, index): FoundRegion => ({
      index,
      name: nameOf(index, names),
      pixels,
      share: pixels / area,
      probability: probability / pixels,
      centre: [row / pixels, column / pixels],
    }))
    .filter(({ pixels }) => pixels > 0)
    .sort((a, b) => b.pixels - a.pixels || a.index - b.index);
  return {
    data: { kind: "model-output", is: "segmentation", exclusive, rows, columns, labels, top: found.slice(0, top) },
    certificate: [],
  };
}

/**
 * The class of each pixel, [row, column], from scores [class, row, column]. Where classes do not exclude each other and
 * none is more probable than not, it is one more than the last class.
 */
export function labelsOf(scores: Float64Array, classes: number, exclusive: boolean): Uint16Array {
  const area = scores.length / classes;
  return Uint16Array.from({ length: area }, (_, pixel) => {
    let best = 0;
    for (let c = 1; c < classes; c++) if (scores[c * area + pixel]! > scores[best * area + pixel]!) best = c;
    return exclusive || scores[best * area + pixel]! > 0 ? best : classes;
  });
}

/** The range of each channel. */
export function describePixels(
  { values }: OutputOf,
  { channels, rows, columns }: Kind<"pixels">,
): Described<PixelsPrediction> {
  const area = rows * columns;
  const list = Array.from({ length: channels }, (_, index) => {
    const channel = values.subarray(index * area, (index + 1) * area);
    return {
      index,
      name: channels === 1 ? "each pixel" : `channel ${index}`,
      low: channel.reduce((a, b) => Math.min(a, b), Infinity),
      mean: channel.reduce((a, b) => a + b, 0) / area,
      high: channel.reduce((a, b) => Math.max(a, b), -Infinity),
    };
  });
  return { data: { kind: "model-output", is: "pixels", rows, columns, top: list }, certificate: [] };
}
