import { GlassboxError } from "../../tensor/errors.ts";
import type { OpenNetwork } from "./open-network.ts";

/** Detecting the preprocessing and explaining a class both need class scores. */
export function requireClassifier(model: OpenNetwork): OpenNetwork {
  if (model.notClassifier === undefined) return model;
  throw new GlassboxError("unsupported", model.notClassifier, {
    where: model.card.name,
    hint: "Choose a model that gives each class a score.",
  });
}
