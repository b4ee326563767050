import { GlassboxError } from "../../tensor/errors.ts";

/** An image file that starts rightly and goes wrong later. */
export const damaged = (what: string, name: string): GlassboxError =>
  new GlassboxError("file", what, {
    where: name,
    hint: "Open and save it again in an image program, or fetch a fresh copy.",
  });
