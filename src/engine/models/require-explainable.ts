import { GlassboxError } from "../../tensor/errors.ts";
import type { OpenNetwork } from "./open-network.ts";

/** Whatever is asked about a picture needs an output that is known to be something. */
export function requireExplainable(model: OpenNetwork): OpenNetwork {
  const { unexplained } = model.card.contract;
  if (unexplained === undefined) return model;
  throw new GlassboxError("unsupported", unexplained, {
    where: model.card.name,
    hint: "Units and probes still work; a class, a number, pixels, boxes or an embedding can be explained.",
  });
}
