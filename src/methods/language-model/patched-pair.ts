import type { Worded } from "../../protocol/answer-data.ts";
import type { Component, Metric, Patched, TokenRef } from "../../protocol/language-model.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { takeRows } from "../../tensor/rows.ts";
import type { Outcome, Update } from "../analysis.ts";
import type { PromptContext } from "../contexts.ts";
import { choice, count, indices } from "../option.ts";
import { attributionCheck, checkedSites, finalSite, runChecks } from "./components.ts";
import type { Trace } from "./language-model.ts";
import { metricReader } from "./metric.ts";
import { baseSites, checkPair, coarseFirst, type GridLayer } from "./patch-grid.ts";
import { resolvePosition } from "./positions.ts";
import { worded } from "./worded.ts";

/** The code shared by activation patching and its estimate: options, the two runs, and a grid that fills layer by layer. */

export const component = choice(["resid_pre", "resid_mid", "attn_out", "mlp_out", "head"], {
  label: "Component",
  description:
    "The activation that is replaced: a component's output, by layer and position, or a head's, by layer and head.",
});
export const metric = choice(["logit-difference", "probability", "log-probability", "divergence"], {
  label: "Metric",
  description:
    "The metric of a run, from the logits of the answer and the wrong token. Divergence is KL from the clean run.",
});
export const direction = choice(["denoise", "noise"], {
  label: "Direction",
  description:
    "`denoise` patches clean activations into the corrupted run; `noise` patches corrupted ones into the clean run.",
});
export const position = count(-1, -1, 1_000_000, {
  label: "Position",
  description: "The position whose logits the metric reads, counted from 0; -1 is the last.",
});
export const layers = indices({
  label: "Layers",
  description: "Layers to patch, counted from 0, separated by commas; all if empty.",
});

export interface PairOptions {
  readonly component: Component;
  readonly metric: Metric["kind"];
  readonly direction: "denoise" | "noise";
  readonly position: number;
  readonly layers: readonly number[] | undefined;
}

export type PairContext = PromptContext & { readonly options: PairOptions };

/** A pair of prompts that correspond token by token, with the metric and position that are read. */
export interface Pair {
  readonly clean: readonly number[];
  readonly corrupted: readonly number[];
  readonly metric: Metric;
  readonly position: number;
}

/** Validates a pair before anything runs. Ablation needs no second prompt. */
export function pairOf(context: PairContext): Pair {
  const { model, ids: clean, options } = context;
  const corrupted = context.corrupted ?? clean;
  checkPair(clean, corrupted);
  const { layers } = model.decoder;
  const unknown = options.layers?.find((layer) => layer < 0 || layer >= layers);
  if (unknown !== undefined)
    throw new GlassboxError("option", `there is no layer ${unknown}`, { hint: `Choose from 0 to ${layers - 1}.` });
  return { clean, corrupted, metric: metricOf(context), position: resolvePosition(options.position, clean.length) };
}

function metricOf({ vocabulary, answer, wrong, options: { metric: kind } }: PairContext): Metric {
  const needed = (which: "answer" | "wrong", token: TokenRef | undefined): number => {
    if (token !== undefined) return vocabulary.id(token);
    throw new GlassboxError("input", `the prompt has no ${which}, which the metric ${kind} reads`, {
      hint: `Write ${which}: ' Paris' with the prompt, or --${which} ' Paris' on a command line, with the leading space.`,
    });
  };
  switch (kind) {
    case "divergence":
      return { kind };
    case "logit-difference":
      return { kind, answer: needed("answer", answer), wrong: needed("wrong", wrong) };
    case "probability":
    case "log-probability":
      return { kind, answer: needed("answer", answer) };
  }
}

/** The two runs of a pair, with the metric in each. */
export interface PairRuns {
  /** The run that is patched. */
  readonly base: Trace;
  /** The run that activations are taken from. */
  readonly source: Trace;
  /** The clean run, with which the KL divergence compares. */
  readonly reference: Trace;
  readonly clean: number;
  readonly corrupted: number;
  /** The metric in the base run. */
  readonly baseline: number;
}

export async function runPair({ model, trace, options: { direction } }: PairContext, pair: Pair): Promise<PairRuns> {
  const sites = [...new Set([...baseSites(model), ...checkedSites(model)])];
  const [cleanRun, corruptedRun] = [await trace(pair.clean, sites), await trace(pair.corrupted, sites)];
  const stateOf = (run: Trace) => takeRows(run.get(finalSite(model)), pair.position, 1);
  const reader = await metricReader(model, pair.metric, stateOf(cleanRun));
  const [clean, corrupted] = [(await reader(stateOf(cleanRun)))[0]!, (await reader(stateOf(corruptedRun)))[0]!];
  const metrics = { reference: cleanRun, clean, corrupted };
  return direction === "denoise"
    ? { base: corruptedRun, source: cleanRun, baseline: corrupted, ...metrics }
    : { base: cleanRun, source: corruptedRun, baseline: clean, ...metrics };
}

/** The requested layers; for a whole grid, in coarse-to-fine order. */
export const layersOf = ({ model, options }: PairContext): readonly number[] =>
  options.layers ?? coarseFirst(model.decoder.layers);

/** Collects layers as they arrive. It yields the metric of both runs first, then each layer's cells, and returns the whole grid. */
export async function* fillGrid(
  context: PairContext,
  { clean, corrupted, metric, position }: Pair,
  runs: PairRuns,
  found: AsyncIterable<GridLayer>,
): AsyncGenerator<Update<Patched & Worded>, Outcome<Patched & Worded>> {
  const {
    model,
    options: { component },
  } = context;
  const { layers, heads } = model.decoder;
  const columns = component === "head" ? heads : clean.length;
  yield {
    progress: { done: 0, total: layers * columns, note: "baseline" },
    part: { kind: "baseline", clean: runs.clean, corrupted: runs.corrupted, columns },
  };
  const certificate = [
    ...runChecks(model, runs.base),
    await attributionCheck(model, runs.base, position, "answer" in metric ? metric.answer : runs.base.tokens[0]!),
  ];
  const cells = new Float64Array(layers * columns).fill(Number.NaN);
  const total = layersOf(context).length * columns;
  let done = 0;
  for await (const { layer, cells: values } of found) {
    cells.set(values, layer * columns);
    done += columns;
    yield { progress: { done, total, note: `layer ${layer}` }, part: { kind: "layer", layer, cells: values } };
  }
  return {
    data: {
      kind: "patched",
      component,
      cleanTokens: Int32Array.from(clean),
      corruptedTokens: Int32Array.from(corrupted),
      clean: runs.clean,
      corrupted: runs.corrupted,
      layers,
      columns,
      cells,
      metric,
      ...worded(
        context,
        clean,
        corrupted,
        "answer" in metric ? [metric.answer] : [],
        "wrong" in metric ? [metric.wrong] : [],
      ),
    },
    certificate,
  };
}
