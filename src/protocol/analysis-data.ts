/** What the analyses of an experiment find, each whole and of a kind of its own. */
import type {
  AttentionGlance,
  AttentionRows,
  AttentionSummary,
  DirectAttribution,
  Generated,
  GeneratedPart,
  Lens,
  LensPart,
  NextTokens,
  Patched,
  Words,
} from "./language-model.ts";
import type { ProbeChart, ProbeProvenance } from "./probing.ts";
import type { Check, Code, DisplayData, Provenance, Result, ResultData } from "./result.ts";
import type { Visualization, VisualizationProvenance } from "./visualization.ts";

export interface ProbeAnswer extends ProbeChart {
  readonly kind: "probes";
}

export interface GrownAnswer extends Visualization {
  readonly kind: "grown";
}

/** What ids stand for, and the prompt's tokens with spaces and line ends made visible. */
export interface Worded {
  readonly names: Words;
  readonly shown: readonly string[];
}

/** What a stream carried, beside what it ended with. */
export type LanguageAnswer =
  | (NextTokens & Worded)
  | (Generated & Worded & { readonly parts: readonly GeneratedPart[] })
  | (AttentionSummary & Worded & { readonly parts: readonly AttentionGlance[] })
  | (AttentionRows & Worded)
  | (Lens & Worded & { readonly parts: readonly LensPart[] })
  | (DirectAttribution & Worded)
  | (Patched & Worded);

type OwnService = ProbeAnswer | GrownAnswer | LanguageAnswer;

export type AnalysisData = ResultData | OwnService;

/** What a drawing needs of it. */
export type ShownData = DisplayData | OwnService;

export type DataOf<Kind extends AnalysisData["kind"]> = Extract<AnalysisData, { readonly kind: Kind }>;

/** A result whose kind is known. */
export type ResultOf<Kind extends AnalysisData["kind"]> = Omit<Result<DataOf<Kind>>, "provenance"> & {
  readonly provenance: Kind extends "probes"
    ? ProbeProvenance
    : Kind extends "grown"
      ? VisualizationProvenance
      : Provenance;
};

export interface AnalysisResult<Data = AnalysisData> {
  readonly data: Data;
  readonly certificate: readonly Check[];
  readonly provenance: Provenance | ProbeProvenance | VisualizationProvenance;
  readonly code: Code;
}
