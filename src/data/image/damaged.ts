import { GlassboxError } from "../../tensor/errors.ts";

/** The error for an image file that starts correctly but is damaged later. */
export const damaged = (what: string, name: string): GlassboxError =>
  new GlassboxError("file", what, {
    where: name,
    hint: "Open it in an image editor and save it again, or download it again.",
  });
