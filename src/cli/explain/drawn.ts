import type { PreparedInput } from "../../protocol/engine.ts";
import type { AnalysisCard } from "../../protocol/analysis-card.ts";
import type { Heatmap, Result } from "../../protocol/result.ts";
import { concentration, concentrationSentence } from "./concentration.ts";
import type { MapFinding } from "./finding.ts";
import { canvasFor, draw, planeOf } from "./pictures.ts";

/** A map as pictures and a sentence: the same in a command, an experiment and its report. */
export function drawn(
  method: AnalysisCard,
  result: Result<Heatmap>,
  input: Pick<PreparedInput, "view">,
): Omit<MapFinding, "cancelled" | "cached"> {
  const { data } = result;
  const canvas = canvasFor(input, data.extent);
  const found = data.blank === undefined ? concentration(planeOf(data, "magnitude")) : undefined;
  const sentence =
    data.blank ?? (found ? concentrationSentence(found, data.grain === "cell" ? "cells" : "pixels") : "");
  return { method, result, where: draw(data, canvas, "where"), signed: draw(data, canvas, "signed"), sentence };
}
