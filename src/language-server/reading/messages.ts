import type { AnalysisCard } from "../../protocol/analysis-card.ts";
import type { Reading } from "./reading.ts";

/** The settings that the reading thread starts with. */
export interface ReadingSettings {
  readonly cards: readonly AnalysisCard[];
}

export type ReadingRequest = { readonly id: number; readonly kind: "read" | "format"; readonly text: string };

export type ReadingAnswer = { readonly id: number } & (
  | { readonly kind: "read"; readonly reading: Reading }
  | { readonly kind: "format"; readonly formatted: string | undefined }
);
