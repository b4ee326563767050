import path from "node:path";
import { GlassboxError } from "../tensor/errors.ts";

/** A file became another one while it was in use. Whoever can, begins again. */
export class ChangedFile extends GlassboxError {
  constructor(
    file: string,
    what = `${path.basename(file)} changed while it was read`,
    hint = "Wait until it is complete, then try again.",
  ) {
    super("file", what, { where: file, hint });
  }
}
