import type { AnswerData, ShownData } from "../protocol/answer-data.ts";
import type { Heatmap, HeatmapPlanes } from "../protocol/result.ts";
import { magnitudes, signedSums } from "./heatmap-sums.ts";

/** Data reduced for display: maps as 16-bit planes, everything else unchanged. */
export const displayData = (data: AnswerData): ShownData => (data.kind === "heatmap" ? planes(data) : data);

function planes(map: Heatmap): HeatmapPlanes {
  const { values: _values, kind: _kind, ...rest } = map;
  const { rows, columns, values: magnitude } = magnitudes(map);
  const { values: signed } = signedSums(map);
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

/** The largest finite magnitude. Maps with other magnitudes are explained instead of drawn. */
const largest = (values: Float64Array): number =>
  values.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0);
