import type { Outcome, Verdict } from "./onnx-nodes.ts";

/** Why a wrong number is right: the suite's own numbers rest on something that we do not share. */
export const differences: Readonly<Record<string, string>> = {
  test_dynamicquantizelinear: "a tie that float32 division rounds up lies below one half in float64",
  test_dynamicquantizelinear_expanded: "a tie that float32 division rounds up lies below one half in float64",
  test_resize_downsample_scales_cubic_align_corners: "the suite aligns to a fractional length, PyTorch and ONNX Runtime to the real one",
  test_resize_downsample_scales_linear_align_corners: "the suite aligns to a fractional length, PyTorch and ONNX Runtime to the real one",
};

/** Refusals that no arithmetic could lift, by what they say. */
const outside: readonly (readonly [RegExp, string])[] = [
  [/tensors of string/, "strings"],
  [/ports are (sequence|optional)s/, "sequences and optionals as inputs or outputs"],
  [/rounding to (float8|float4|u?int[24])/, "rounding to types that JavaScript cannot carry"],
  [/tensors of (float|u?int|complex)/, "types that JavaScript cannot carry"],
  [/random|training mode/, "random by definition"],
];

export const outsideReason = ({ verdict, reason }: Outcome): string | undefined =>
  verdict === "refused" ? outside.find(([pattern]) => pattern.test(reason))?.[1] : undefined;

/** The operator is known neither to the core nor to the lowering. */
export const isUnknown = ({ reason }: Outcome): boolean => reason.includes("not among those that Glassbox knows");

/** The share that issue and table speak of: cases whose operator is known and whose types can be fed. */
export function inScope(outcomes: readonly Outcome[]): { readonly passed: number; readonly of: number } {
  const scope = outcomes.filter((outcome) => outsideReason(outcome) === undefined && !isUnknown(outcome));
  return { passed: scope.filter(({ verdict }) => verdict === "passes" || verdict === "tolerated").length, of: scope.length };
}

const verdicts: readonly Verdict[] = ["passes", "tolerated", "refused", "fails", "crashes"];

export function renderTable(outcomes: readonly Outcome[]): string {
  const count = (list: readonly Outcome[], verdict: Verdict): number => list.filter((outcome) => outcome.verdict === verdict).length;
  const operators = [...new Set(outcomes.map(({ operator }) => operator))].sort();
  const { passed, of } = inScope(outcomes);
  const rows = operators.map((operator) => {
    const list = outcomes.filter((outcome) => outcome.operator === operator);
    const reasons = new Map<string, number>();
    for (const outcome of list) {
      if (outcome.verdict === "passes") continue;
      const reason = (outsideReason(outcome) ?? outcome.reason).replace(/^the operator \S+ \([^)]*\) cannot be used here: /, "").replaceAll("|", "\\|");
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    const why = [...reasons].map(([reason, n]) => (n > 1 ? `${reason} (${n})` : reason)).join("; ");
    return `| ${operator} | ${list.length} | ${verdicts.map((verdict) => count(list, verdict) || "").join(" | ")} | ${why} |`;
  });
  return [
    "# ONNX's node tests through import and the float64 reference",
    "",
    "Written by `onnx-nodes.test.ts` with `GLASSBOX_WRITE_TABLES=1`. A case counts for the first operator of its model that is no constant.",
    "Axes, shapes and other parameters that the suite feeds as inputs are fixed at import. Passes: relative 1e-3, absolute 1e-5, integers exactly.",
    "",
    `${outcomes.length} cases: ${verdicts.map((verdict) => `${count(outcomes, verdict)} ${verdict}`).join(", ")}.`,
    `Of the ${of} whose operator is in the core or lowered and whose types can be fed, ${passed} pass or are tolerated: ${((100 * passed) / of).toFixed(2)} %.`,
    "",
    `| operator | cases | ${verdicts.join(" | ")} | why |`,
    `| --- | ---: | ${verdicts.map(() => "---:").join(" | ")} | --- |`,
    ...rows,
    "",
  ].join("\n");
}
