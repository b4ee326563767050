/** The data of answers: one type for each kind. `src/answers` defines how each kind is read, exported and described. */
import type {
  AttentionGlance,
  AttentionHead,
  AttentionSummary,
  DirectAttribution,
  Generated,
  GeneratedPart,
  Lens,
  LensPart,
  NextTokens,
  Patched,
  PatchPart,
  TokenNames,
} from "./language-model.ts";
import type { Dissection } from "./dissection.ts";
import type { Measure, PartGraph, Pictures, Table } from "./generic-answers.ts";
import type { Grid } from "./grid.ts";
import type { Probes } from "./probing.ts";
import type { Heatmap, HeatmapPlanes, Prediction } from "./result.ts";
import type { MaximizedUnits, PictureFrame } from "./visualization.ts";

/** The text of token ids, and the prompt's tokens with visible spaces and line ends. */
export interface Worded {
  readonly names: TokenNames;
  readonly shown: readonly string[];
}

/**
 * Answers that arrive in parts: the parts in order. They are empty in a display answer, because the events carried
 * them.
 */
export interface Parts<Each> {
  readonly parts: readonly Each[];
}

export type LanguageAnswer =
  | (NextTokens & Worded)
  | (Generated & Worded & Parts<GeneratedPart>)
  | (AttentionSummary & Worded & Parts<AttentionGlance>)
  | (AttentionHead & Worded)
  | (Lens & Worded & Parts<LensPart>)
  | (DirectAttribution & Worded)
  | (Patched & Worded);

/** Generic kinds that many analyses share. */
export type GenericAnswer = Grid | Measure | Pictures | PartGraph | Table;

export type AnswerData = Prediction | Heatmap | Probes | Dissection | MaximizedUnits | LanguageAnswer | GenericAnswer;

/** The data reduced for display. */
export type ShownData = Exclude<AnswerData, Heatmap> | HeatmapPlanes;

export type DataOf<Kind extends AnswerData["kind"]> = Extract<AnswerData, { readonly kind: Kind }>;

/** The part of an answer that one event carries. */
export type Part = GeneratedPart | AttentionGlance | LensPart | PatchPart | PictureFrame;
