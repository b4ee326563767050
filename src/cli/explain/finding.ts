import { targetWords as words } from "../../answers/target-words.ts";
import type { PreparedInput } from "../../protocol/engine.ts";
import type { AnalysisCard } from "../../protocol/analysis-card.ts";
import type { NetworkCard } from "../../protocol/model.ts";
import type { Heatmap, Prediction, Result } from "../../protocol/result.ts";
import type { Picture } from "./pictures.ts";

/** One method's answer, drawn. */
export interface MapFinding {
  readonly method: AnalysisCard;
  readonly result: Result<Heatmap>;
  /** Stopped by Ctrl+C: the map is what was known then. */
  readonly cancelled: boolean;
  readonly cached: boolean;
  readonly where: Picture;
  readonly signed: Picture;
  /** A sentence about the map, generated from its data. */
  readonly sentence: string;
}

/** Everything that one call of `explain` found: what the summary, the JSON document and the report are made of. */
export interface Findings {
  readonly model: NetworkCard;
  readonly input: PreparedInput;
  readonly prediction: Result<Prediction>;
  readonly maps: readonly MapFinding[];
  /** What the model saw, as PNG; a tensor has none. */
  readonly photograph: Uint8Array | undefined;
  readonly warnings: readonly string[];
  /** Methods that failed, and why. The other methods' answers are kept. */
  readonly failed: readonly { readonly method: AnalysisCard; readonly reason: string }[];
  /** Whether it was stopped before its end. */
  readonly cancelled: boolean;
}

/** `logit:281 - logit:285` as `tabby − Egyptian cat`. */
export const targetWords = (target: string | undefined, { classes }: Pick<NetworkCard, "classes">): string =>
  target === undefined ? "" : words(target, classes?.names);
