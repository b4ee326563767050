import { resize } from "../../data/image/resize.ts";
import type { DataPicture, PictureParams } from "../../protocol/probing.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import type { EngineServices } from "../services.ts";

/** A sample as a small picture; `null` if the sample is not a picture. */
export function dataPicture({ dataset }: EngineServices, { data, row, side }: PictureParams): DataPicture | null {
  const { samples, count } = dataset.reuse(data);
  if (samples.kind !== "pictures") return null;
  if (!Number.isInteger(row) || row < 0 || row >= count)
    throw new GlassboxError("input", `there is no row ${row} of ${count}`);
  const longest = Math.min(512, Math.max(16, Math.round(side)));
  const whole = samples.read(row, { width: longest, height: longest });
  const scale = longest / Math.max(whole.width, whole.height);
  const scaled = (extent: number): number => Math.max(1, Math.round(extent * scale));
  const small =
    scale < 1 ? resize(whole, { width: scaled(whole.width), height: scaled(whole.height) }, "bilinear") : whole;
  return { width: small.width, height: small.height, rgb: Uint8Array.from(small.data) };
}
