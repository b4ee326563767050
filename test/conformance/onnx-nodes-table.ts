import type { Outcome, Verdict } from "./onnx-nodes.ts";

/** Why a wrong number is right: the suite's own numbers rest on something that we do not share. */
export const differences: Readonly<Record<string, string>> = {
  test_dynamicquantizelinear: "a tie that float32 division rounds up lies below one half in float64",
  test_dynamicquantizelinear_expanded: "a tie that float32 division rounds up lies below one half in float64",
  test_resize_downsample_scales_cubic_align_corners:
    "the suite aligns to a fractional length, PyTorch and ONNX Runtime to the real one",
  test_resize_downsample_scales_linear_align_corners:
    "the suite aligns to a fractional length, PyTorch and ONNX Runtime to the real one",
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
  return {
    passed: scope.filter(({ verdict }) => verdict === "passes" || verdict === "tolerated").length,
    of: scope.length,
  };
}

const verdicts: readonly Verdict[] = ["passes", "tolerated", "refused", "fails", "crashes"];

/** Outcomes of the same cases, in the same order, by runtime. */
export function renderTable(byRuntime: ReadonlyMap<string, readonly Outcome[]>): string {
  const runtimes = [...byRuntime];
  const [, first] = runtimes[0]!;
  const count = (list: readonly Outcome[], verdict: Verdict): number =>
    list.filter((outcome) => outcome.verdict === verdict).length;
  const operators = [...new Set(first.map(({ operator }) => operator))].sort();
  const rows = operators.map((operator) => {
    const lists = runtimes.map(([runtime, outcomes]) => ({
      runtime,
      list: outcomes.filter((outcome) => outcome.operator === operator),
    }));
    const reasons = new Map<string, number>();
    for (const { runtime, list } of lists) {
      for (const outcome of list) {
        if (outcome.verdict === "passes") continue;
        const reason = (outsideReason(outcome) ?? outcome.reason)
          .replace(/^the operator \S+ \([^)]*\) cannot be used here: /, "")
          .replaceAll("|", "\\|");
        // What the first runtime says already, the import says for all.
        if (runtime !== runtimes[0]![0] && reasons.has(reason)) continue;
        const known = runtime === runtimes[0]![0] ? reason : `${runtime}: ${reason}`;
        reasons.set(known, (reasons.get(known) ?? 0) + 1);
      }
    }
    const why = [...reasons].map(([reason, n]) => (n > 1 ? `${reason} (${n})` : reason)).join("; ");
    const cells = lists.flatMap(({ list }) => verdicts.map((verdict) => count(list, verdict) || ""));
    return `| ${operator} | ${lists[0]!.list.length} | ${cells.join(" | ")} | ${why} |`;
  });
  const summaries = runtimes.map(([runtime, outcomes]) => {
    const { passed, of } = inScope(outcomes);
    const counts = verdicts.map((verdict) => `${count(outcomes, verdict)} ${verdict}`).join(", ");
    return `- ${runtime}: ${counts}. In scope ${of}, of which ${passed} pass or are tolerated: ${((100 * passed) / of).toFixed(2)} %.`;
  });
  const heads = runtimes.flatMap(([runtime]) => verdicts.map((verdict) => `${runtime} ${verdict}`));
  return [
    "# ONNX's node tests through import and the runtimes",
    "",
    "Written by `onnx-nodes.test.ts` with `GLASSBOX_WRITE_TABLES=1`. A case counts for the first operator of its model that is no constant.",
    "Axes, shapes and other parameters that the suite feeds as inputs are fixed at import. Passes: relative 1e-3, absolute 1e-5, integers exactly.",
    "In scope: the operator is in the core or lowered, and its types can be fed from JavaScript.",
    "TensorFlow.js runs what it has kernels for, and the rest (integers, double precision, scattering, recurrent layers, free sampling) by the reference laws, operator by operator.",
    "",
    `${first.length} cases.`,
    "",
    ...summaries,
    "",
    `| operator | cases | ${heads.join(" | ")} | why |`,
    `| --- | ---: | ${heads.map(() => "---:").join(" | ")} | --- |`,
    ...rows,
    "",
  ].join("\n");
}
