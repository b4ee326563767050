import fs from "node:fs";
import path from "node:path";
import { decodeImage } from "../../data/image/decode.ts";
import { viewOf, type Preprocessing } from "../../data/image/preprocessing.ts";
import type { PlannedPicture } from "../../protocol/experiment.ts";
import type { Mask } from "../../experiment/readings/reader.ts";
import { GlassboxError } from "../../tensor/errors.ts";

/** A mask as `share(…)` names it: `mask` is the input's own, stated or lying beside it as `<name>.mask.png`; else a file. */
export function maskFor(
  name: string,
  input: PlannedPicture,
  folder: string,
  preprocessing: Preprocessing | undefined,
): Mask {
  const beside = path.join(path.dirname(input.path), `${path.basename(input.path, path.extname(input.path))}.mask.png`);
  const file = name === "mask" ? (input.mask ?? beside) : path.resolve(folder, name);
  if (!fs.existsSync(file))
    throw new GlassboxError("input", `${input.name} has no mask: there is no ${path.basename(file)}`);
  if (preprocessing === undefined)
    throw new GlassboxError("input", `${input.name} is no picture, so no mask can be laid over it`);
  const { width, height, data } = viewOf(decodeImage(fs.readFileSync(file), path.basename(file)).image, preprocessing);
  return {
    rows: height,
    columns: width,
    values: Float32Array.from({ length: width * height }, (_, pixel) => data[3 * pixel]! / 255),
  };
}
