import type { AnalysisCard } from "../../protocol/analysis-card.ts";
import type { Reading } from "./reading.ts";

/** What the reading thread is started with. */
export interface ReadingSettings {
  readonly cards: readonly AnalysisCard[];
}

export type ReadingRequest = { readonly id: number; readonly kind: "read" | "format"; readonly text: string };

export type ReadingAnswer = { readonly id: number } & (
  | { readonly kind: "read"; readonly reading: Reading }
  | { readonly kind: "format"; readonly formatted: string | undefined }
);
