import type { GrownAnswer } from "../../protocol/answer-data.ts";
import type { Segment } from "./path.ts";

/** `greatest` of the pictures that were grown, `photograph`: the greatest of real ones. Each is under `images` and `photographs`. */
export function readGrown({ images, photographs }: GrownAnswer, { name }: Segment): unknown {
  switch (name) {
    case "greatest":
      return Math.max(...images.map(({ activation }) => activation));
    case "photograph":
      return Math.max(...photographs.map(({ activation }) => activation));
    default:
      return undefined;
  }
}
