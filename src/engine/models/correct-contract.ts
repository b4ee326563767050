import path from "node:path";
import { exists } from "../../files/look.ts";
import { readText } from "../../files/read-whole.ts";
import { writeWhole } from "../../files/write-whole.ts";
import { parseSidecar, sidecarName } from "../../data/image/sidecar.ts";
import type { CorrectionParams } from "../../protocol/engine.ts";
import { GlassboxError } from "../../tensor/errors.ts";

/**
 * Writes a person's correction into the file next to the model, which other people's copies of the model then have as
 * well. What the file says otherwise stays; a file that cannot be read is not overwritten.
 */
export function correctContract({ model, correction }: CorrectionParams): void {
  const file = sidecarName(model);
  const before = exists(file) ? readText(file, 1 << 20) : "{}";
  parseSidecar(before, file);
  const text = `${JSON.stringify({ ...(JSON.parse(before) as object), ...correction }, undefined, 2)}\n`;
  parseSidecar(text, file);
  try {
    writeWhole(file, text);
  } catch (error) {
    throw new GlassboxError("file", `${path.basename(file)} cannot be written: ${(error as Error).message}`, {
      where: path.dirname(file),
      hint: "Copy the model to a folder of your own.",
    });
  }
}
