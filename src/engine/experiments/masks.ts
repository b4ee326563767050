import path from "node:path";
import type { Mask } from "../../answers/reading/reader.ts";
import { namedPath } from "../../files/local-path.ts";
import { readIfThere } from "../../files/read-whole.ts";
import { decodeImage } from "../../data/image/decode.ts";
import { viewOf, type Preprocessing } from "../../data/image/preprocessing.ts";
import type { PlannedInput } from "../../protocol/experiment.ts";
import { GlassboxError } from "../../tensor/errors.ts";

const mostMaskBytes = 64 << 20;

/**
 * The mask that `share(…)` names: `mask` is the input's own mask, given in the file or found next to it as
 * `<name>.mask.png`; any other name is a file.
 */
export function maskFor(
  name: string,
  { name: picture, subject, mask }: PlannedInput,
  folder: string,
  preprocessing: Preprocessing | undefined,
  mostBytes: number,
): Mask {
  if (subject.kind !== "picture" || !("path" in subject.input))
    throw new GlassboxError("input", "only maps over pictures have masks");
  const { dir, name: stem } = path.parse(subject.input.path);
  const file = name === "mask" ? (mask ?? path.join(dir, `${stem}.mask.png`)) : namedPath(folder, name, "share");
  const bytes = readIfThere(file, mostMaskBytes);
  if (bytes === undefined)
    throw new GlassboxError("input", `${picture} has no mask: there is no ${path.basename(file)}`);
  if (preprocessing === undefined)
    throw new GlassboxError("input", `${picture} is no picture, so no mask can be laid over it`);
  const { image } = decodeImage(bytes, path.basename(file), mostBytes);
  const { width, height, data } = viewOf(image, preprocessing);
  return {
    rows: height,
    columns: width,
    values: Float32Array.from({ length: width * height }, (_, pixel) => data[3 * pixel]! / 255),
  };
}
