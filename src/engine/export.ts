import { writeNpy } from "../formats/numpy/npy.ts";
import type { ExportParams } from "../protocol/engine.ts";
import type { Heatmap, Result } from "../protocol/result.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { toFloat64, toNumbers } from "../tensor/tensor.ts";

const utf8 = new TextEncoder();

/** A result as a file's bytes. Values are written with all the digits they have. */
export function exportAs(format: ExportParams["format"], result: Result): Uint8Array {
  return writers[format](result);
}

const writers: Readonly<Record<ExportParams["format"], (result: Result) => Uint8Array>> = {
  json: (result) => utf8.encode(`${JSON.stringify(withNumbers(result), null, 1)}\n`),
  csv: (result) => utf8.encode(csv(heatmapOf(result))),
  npy: (result) => writeNpy(heatmapOf(result).values),
};

function heatmapOf({ data, provenance }: Result): Heatmap {
  if (data.kind !== "heatmap")
    throw new GlassboxError("unsupported", `${provenance.method} gives no map to write`, {
      hint: "Export it as JSON.",
    });
  return data;
}

/** Tensors as plain arrays with their shapes. */
const withNumbers = (result: Result): unknown =>
  JSON.parse(
    JSON.stringify(result, (_key, value: unknown) =>
      isTensor(value) ? { dtype: value.dtype, shape: value.shape, data: toNumbers(value) } : value,
    ),
  );

const isTensor = (value: unknown): value is Heatmap["values"] =>
  typeof value === "object" && value !== null && "dtype" in value && "data" in value && ArrayBuffer.isView(value.data);

/** One line a place: row, column, then one value a channel. */
function csv({ values }: Heatmap): string {
  const [channels, rows, columns] = values.shape as [number, number, number];
  const numbers = toFloat64(values);
  const lines = [["row", "column", ...Array.from({ length: channels }, (_, c) => `channel ${c}`)].join()];
  for (let place = 0; place < rows * columns; place++) {
    const at = Array.from({ length: channels }, (_, c) => numbers[c * rows * columns + place]!);
    lines.push([Math.floor(place / columns), place % columns, ...at].join());
  }
  return `${lines.join("\n")}\n`;
}
