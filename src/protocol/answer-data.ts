/** What answers hold, a type for each kind. `src/answers` says how each kind is read, written and put into words. */
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
import type { Measure, PartGraph, Pictures, Table } from "./generic-answers.ts";
import type { Grid } from "./grid.ts";
import type { Probes } from "./probing.ts";
import type { Heatmap, HeatmapPlanes, Prediction } from "./result.ts";
import type { MaximizedUnits, PictureFrame } from "./visualization.ts";

/** What ids stand for, and the prompt's tokens with spaces and line ends made visible. */
export interface Worded {
  readonly names: TokenNames;
  readonly shown: readonly string[];
}

/** Data that grow: what came before the end, in order. Reduced for drawing they are empty, since the events carried them. */
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

/** Forms that many analyses share. */
export type GenericAnswer = Grid | Measure | Pictures | PartGraph | Table;

export type AnswerData = Prediction | Heatmap | Probes | MaximizedUnits | LanguageAnswer | GenericAnswer;

/** What a drawing needs of it. */
export type ShownData = Exclude<AnswerData, Heatmap> | HeatmapPlanes;

export type DataOf<Kind extends AnswerData["kind"]> = Extract<AnswerData, { readonly kind: Kind }>;

/** What an event carries of data that grow. */
export type Part = GeneratedPart | AttentionGlance | LensPart | PatchPart | PictureFrame;
