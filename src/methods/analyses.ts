import type { MethodCard } from "../protocol/method-card.ts";
import { analysisCard, type Analysis } from "./analysis.ts";
import { languageAnalyses } from "./language-model/analyses.ts";
import { methodCard } from "./method-card.ts";
import { linearProbes } from "./probing/analysis.ts";
import { methods } from "./table.ts";
import { maximizedActivation } from "./visualization/analysis.ts";

const others: readonly Analysis[] = [linearProbes, maximizedActivation, ...languageAnalyses];

/** All analyses that an experiment can use. The schema, the checks and the language server read this table. */
export const analysisCards: readonly MethodCard[] = [
  ...[...methods.values()].map(methodCard),
  ...others.map(analysisCard),
];
