import type { LanguageOutcome, Patched } from "../../src/protocol/language-model.ts";
import { csvOf, type Exportable } from "./export.ts";
import { sizeOf, type Judgement, type PatchGrid } from "./recovery.ts";

export function patchExport(
  outcome: LanguageOutcome<Patched>,
  { layers }: PatchGrid,
  judgement: Judgement | undefined,
): Exportable {
  const { component } = outcome.data;
  const measure = judgement?.kind === "share" ? "share" : "change";
  const valueOf = (value: number): number | "" =>
    judgement ? (judgement.kind === "share" ? sizeOf(value, judgement) : value - judgement.base) : "";
  const rows = [...layers]
    .sort(([a], [b]) => a - b)
    .flatMap(([layer, row]) => Array.from(row, (value, column) => [layer, column, value, valueOf(value)] as const));
  return {
    name: `patching-${component}`,
    grid: "patching",
    csv: () => csvOf([["layer", component === "head" ? "head" : "position", "metric", measure], ...rows]),
    json: () => outcome,
    code: outcome.code,
  };
}
