import type { Check } from "../../protocol/result.ts";
import { analysis } from "../analysis.ts";
import { agreement, patchEstimates } from "./patch-estimates.ts";
import { patchGrid, type GridLayer } from "./patch-grid.ts";
import {
  component,
  direction,
  fillGrid,
  layers,
  layersOf,
  metric,
  pairOf,
  position,
  runPair,
  type Pair,
  type PairContext,
  type PairRuns,
} from "./patched-pair.ts";
import { patchProgram } from "./transformer-lens.ts";

/** The first-order estimate of all patches at once. Cost: two forward passes, one backward pass, and the exact patches of one layer. */
export const attributionPatching = analysis("attribution-patching", {
  family: "language-model",
  title: "Attribution patching",
  summary: "A gradient-based estimate of all patches at once, compared with the exact patches of one layer.",
  command: { name: "patch", when: "estimate" },
  cost: "one forward pass, one gradient, and the exact patches of one layer",
  paper: {
    title: "Attribution Patching: Activation Patching At Industrial Scale",
    authors: "Nanda",
    year: 2023,
    link: "https://www.neelnanda.io/mechanistic-interpretability/attribution-patching",
  },
  takes: "prompt",
  gives: "patched",
  needsTarget: false,
  options: { component, metric, direction, position, layers },
  async *run(context) {
    const pair = pairOf(context);
    const runs = await runPair(context, pair);
    let estimates: readonly Float64Array[] = [];
    const estimated = async function* (): AsyncGenerator<GridLayer> {
      const { base, source, reference, baseline } = runs;
      estimates = await patchEstimates(context.model, base, {
        component: context.options.component,
        metric: pair.metric,
        position: pair.position,
        source,
        reference,
      });
      for (const layer of layersOf(context)) yield { layer, cells: estimates[layer]!.map((value) => baseline + value) };
    };
    const { data, certificate } = yield* fillGrid(context, pair, runs, estimated());
    return {
      data,
      certificate: context.cancelled() ? certificate : [...certificate, await compared(context, pair, runs, estimates)],
    };
  },
  python: (context, file) => {
    const { component, direction } = context.options;
    return patchProgram({ ...pairOf(context), component, direction, replacement: "estimate" }, file);
  },
});

/** Compares the estimate with exact patches of the middle layer, because an estimate is never shown alone. */
async function compared(
  { model, options, cancelled }: PairContext,
  { metric, position }: Pair,
  { base, source, reference, baseline }: PairRuns,
  estimates: readonly Float64Array[],
): Promise<Check> {
  const layer = Math.floor(model.decoder.layers / 2);
  for await (const { cells } of patchGrid(model, base, {
    component: options.component,
    metric,
    position,
    reference,
    replacement: { kind: "run", trace: source },
    layers: [layer],
    cancelled,
  })) {
    const exact = cells.map((value) => value - baseline);
    const r = agreement([estimates[layer]!], [exact]);
    return {
      id: "estimate",
      label: "estimate against exact",
      status: r >= 0.9 ? "pass" : r >= 0.6 ? "warn" : "fail",
      value: `r = ${r.toFixed(2)}`,
      sentence: `In layer ${layer}, where every cell was also patched exactly, the estimates correlate with the exact effects at r = ${r.toFixed(2)}.`,
      numbers: { r, layer },
    };
  }
  return {
    id: "estimate",
    label: "estimate against exact",
    status: "warn",
    value: "not compared",
    sentence: "No cell was patched exactly.",
    numbers: {},
  };
}
