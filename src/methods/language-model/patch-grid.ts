import type { Component, Metric } from "../../protocol/language-model.ts";
import { allocate } from "../../tensor/dtype.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { portions } from "../../tensor/portions.ts";
import { takeRows } from "../../tensor/rows.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";
import { headResults } from "./head-results.ts";
import type { LanguageModel, Trace } from "./language-model.ts";
import { metricReader } from "./metric.ts";
import {
  baseOf,
  cacheSites,
  resumeFromResidual,
  type Base,
  type Entry,
  type Row,
  type State,
} from "./resume-from-residual.ts";

/** What replaces an activation: another run's value, zero, or a mean over other prompts, [feature] for each site. */
export type Replacement =
  | { readonly kind: "run"; readonly trace: Trace }
  | { readonly kind: "zero" }
  | { readonly kind: "mean"; readonly means: ReadonlyMap<string, Float64Array> };

export interface PatchGridOptions {
  readonly component: Component;
  readonly metric: Metric;
  /** The position whose logits the metric reads. */
  readonly position: number;
  /** The run that the KL divergence compares with. */
  readonly reference: Trace;
  readonly replacement: Replacement;
  /** The layers to patch, in order; by default all of them, coarse to fine. */
  readonly layers?: readonly number[] | undefined;
  readonly cancelled: () => boolean;
}

/** One layer of the grid: its cells, one per position or per head. */
export interface GridLayer {
  readonly layer: number;
  readonly cells: Float64Array;
}

/** The site of a component in a layer. */
export const componentSite = (component: Component, layer: number): string =>
  component === "head" ? `blocks.${layer}.attn.hook_z` : `blocks.${layer}.hook_${component}`;

/** The sites that a run must have traced to be the base of a patch grid. */
export function baseSites(model: LanguageModel): readonly string[] {
  const { keys, values } = cacheSites(model);
  return [...keys, ...values, ...sourceSites(model)];
}

/** The sites that a run must have traced to be patched from. */
export function sourceSites(model: LanguageModel): readonly string[] {
  const perLayer = [
    "hook_resid_pre",
    "hook_attn_out",
    "attn.hook_z",
    "hook_resid_mid",
    "hook_mlp_out",
    "hook_resid_post",
  ];
  return Array.from({ length: model.decoder.layers }, (_, layer) =>
    perLayer.map((site) => `blocks.${layer}.${site}`),
  ).flat();
}

/**
 * Activation patching (Vig et al. 2020; Meng et al. 2022) and ablation: in a base run, one activation at a time is replaced,
 * and the metric is read. Every component adds its output to the residual stream, so each cell resumes the run from a
 * changed residual stream: nothing before the patched layer and token is computed again.
 * Several layers run together, as many as finish soon, and are yielded one at a time.
 */
export async function* patchGrid(
  model: LanguageModel,
  trace: Trace,
  options: PatchGridOptions,
): AsyncGenerator<GridLayer> {
  const base = baseOf(model, trace);
  const final = `blocks.${model.decoder.layers - 1}.hook_resid_post`;
  const readMetric = await metricReader(
    model,
    options.metric,
    takeRows(options.reference.get(final), options.position, 1),
  );
  let together: PatchedLayer[] = [];
  let work = 0;
  const layers = options.layers ?? coarseFirst(model.decoder.layers);
  for (const [i, layer] of layers.entries()) {
    if (options.cancelled()) return;
    const patched = { layer, rows: await rowsOf(model, base, layer, options) };
    together.push(patched);
    work += workOf(model, base, patched);
    if (work < soon && i < layers.length - 1) continue;
    const ends = await endsOf(model, base, together, options);
    if (ends === undefined) return;
    for (const [at, { layer: finished }] of together.entries()) {
      if (options.cancelled()) return;
      yield { layer: finished, cells: await readMetric(ends[at]!) };
    }
    together = [];
    work = 0;
  }
}

/** The multiply-adds after which to show a result: about a second on two slow cores. */
const soon = 5e10;

/** A layer's cells as changed runs; `undefined` where a patch has no effect on the metric. */
interface PatchedLayer {
  readonly layer: number;
  readonly rows: readonly (Row | undefined)[];
}

/** The multiply-adds: a block's matrices have about 12 width² elements, and each changed token is multiplied by all of them. */
function workOf({ decoder: { width, layers } }: LanguageModel, { length }: Base, { rows }: PatchedLayer): number {
  return rows.reduce(
    (sum, row) => sum + (row ? (length - row.start) * (layers - row.entry.layer) * 12 * width ** 2 : 0),
    0,
  );
}

async function rowsOf(
  model: LanguageModel,
  base: Base,
  layer: number,
  options: PatchGridOptions,
): Promise<readonly (Row | undefined)[]> {
  const rows =
    options.component === "head" ? await headRows(model, base, layer, options) : tokenRows(model, base, layer, options);
  return rows.map((row) => (row && row.start <= options.position ? row : undefined));
}

/** The final residual state at the position that is read, [cell, feature] for each layer; `undefined` if cancelled. */
async function endsOf(
  model: LanguageModel,
  base: Base,
  patched: readonly PatchedLayer[],
  { position, cancelled }: PatchGridOptions,
): Promise<readonly Tensor[] | undefined> {
  const finals = patched.map(({ rows }) => spread(model, base, rows, position));
  const changed = patched.flatMap(({ rows }, at) =>
    rows.flatMap((row, cell) => (row ? [{ row, final: finals[at]!, cell }] : [])),
  );
  const { width } = model.decoder;
  for (const part of portions(changed, mostUnderWay, ({ row }) => (base.length - row.start) * width)) {
    const ends = await resumeFromResidual(
      model,
      base,
      part.map(({ row }) => row),
      position,
      cancelled,
    );
    if (ends === undefined) return undefined;
    part.forEach(({ final, cell }, i) =>
      (final.data as Float32Array).set((ends.data as Float32Array).subarray(i * width, (i + 1) * width), cell * width),
    );
  }
  return finals;
}

/** The limit of state elements in progress at once, 64 MB: one layer of a long prompt has more than memory should hold twice. */
const mostUnderWay = 2 ** 24;

/** The base run's final state at the position that is read, repeated for each row. */
function spread(model: LanguageModel, base: Base, rows: readonly unknown[], position: number): Tensor {
  const { width, layers } = model.decoder;
  const own = (base.trace.get(`blocks.${layers - 1}.hook_resid_post`).data as Float32Array).subarray(
    position * width,
    (position + 1) * width,
  );
  const out = tensor(model.dtype, [rows.length, width], allocate(model.dtype, rows.length * width));
  rows.forEach((_, row) => (out.data as Float32Array).set(own, row * width));
  return out;
}

/** One row per token: the residual stream from that token on, changed at that token. */
function tokenRows(
  model: LanguageModel,
  base: Base,
  layer: number,
  { component, replacement }: PatchGridOptions,
): readonly (Row | undefined)[] {
  const { width } = model.decoder;
  const site = componentSite(component, layer);
  const own = base.trace.get(site).data as Float32Array;
  const [entrySite, entry] = entryOf(component, layer);
  const stream = base.trace.get(entrySite).data as Float32Array;
  return Array.from({ length: base.length }, (_, token): Row | undefined => {
    const replaced = replacementAt(replacement, site, token, width);
    if (same(replaced, own.subarray(token * width, (token + 1) * width))) return undefined;
    const enter = (): State => {
      const state = stream.slice(token * width);
      for (let i = 0; i < width; i++) {
        const at = token * width + i;
        // A patch of the stream itself sets it exactly; a patch of a component adds the difference.
        state[i] = entrySite === site ? replaced(i) : stream[at]! + (replaced(i) - own[at]!);
      }
      return state;
    };
    return { entry, start: token, enter };
  });
}

/** Where a component is added to the residual stream. */
function entryOf(
  component: Exclude<Component, "head"> | Component,
  layer: number,
): readonly [site: string, entry: Entry] {
  switch (component) {
    case "resid_pre":
      return [`blocks.${layer}.hook_resid_pre`, { layer, half: "attention" }];
    case "resid_mid":
    case "attn_out":
    case "head":
      return [`blocks.${layer}.hook_resid_mid`, { layer, half: "mlp" }];
    case "mlp_out":
      return [`blocks.${layer}.hook_resid_post`, { layer: layer + 1, half: "attention" }];
  }
}

/** One row per head: all its tokens are replaced, so (z′ − z)·W_O is added to the stream. */
async function headRows(
  model: LanguageModel,
  base: Base,
  layer: number,
  { replacement }: PatchGridOptions,
): Promise<readonly (Row | undefined)[]> {
  const { heads, headWidth, width } = model.decoder;
  const site = componentSite("head", layer);
  const [entrySite, entry] = entryOf("head", layer);
  const z = base.trace.get(site);
  const change = tensor(model.dtype, z.shape, allocate(model.dtype, z.data.length));
  let start = base.length;
  for (let token = 0; token < base.length; token++) {
    const replaced = replacementAt(replacement, site, token, heads * headWidth);
    if (
      start === base.length &&
      !same(replaced, (z.data as Float32Array).subarray(token * heads * headWidth, (token + 1) * heads * headWidth))
    )
      start = token;
    for (let i = 0; i < heads * headWidth; i++) {
      const at = token * heads * headWidth + i;
      change.data[at] = replaced(i) - (z.data[at] as number);
    }
  }
  // Clean and corrupted runs are equal before their first different token, so a patch there has no effect.
  if (start === base.length) return new Array<undefined>(heads).fill(undefined);
  const written = (await headResults(model, layer, change)).data as Float32Array;
  const stream = base.trace.get(entrySite).data as Float32Array;
  return Array.from({ length: heads }, (_, head): Row => {
    const enter = (): State => {
      const state = stream.slice(start * width);
      for (let token = start; token < base.length; token++) {
        for (let i = 0; i < width; i++)
          state[(token - start) * width + i] =
            state[(token - start) * width + i]! + written[(token * heads + head) * width + i]!;
      }
      return state;
    };
    return { entry, start, enter };
  });
}

/** Whether a replacement equals the current value, to the last bit. */
function same(replaced: (feature: number) => number, own: Float32Array): boolean {
  return own.every((value, feature) => value === replaced(feature));
}

function replacementAt(
  replacement: Replacement,
  site: string,
  token: number,
  width: number,
): (feature: number) => number {
  switch (replacement.kind) {
    case "zero":
      return () => 0;
    case "run": {
      const data = replacement.trace.get(site).data as Float32Array;
      return (feature) => data[token * width + feature]!;
    }
    case "mean": {
      const mean = replacement.means.get(site);
      if (mean === undefined) throw new RangeError(`there is no mean of ${site}`);
      return (feature) => mean[feature]!;
    }
  }
}

/** Means of sites over all tokens of a set of prompts, the replacements of mean ablation. */
export async function meansOf(
  model: LanguageModel,
  prompts: readonly (readonly number[])[],
  sites: readonly string[],
): Promise<ReadonlyMap<string, Float64Array>> {
  const sums = new Map<string, Float64Array>();
  let count = 0;
  for (const prompt of prompts) {
    const trace = await model.trace(prompt, sites);
    count += prompt.length;
    for (const site of sites) {
      const { data } = trace.get(site);
      const size = data.length / prompt.length;
      const sum = sums.get(site) ?? new Float64Array(size);
      for (let i = 0; i < data.length; i++) sum[i % size] = sum[i % size]! + (data[i] as number);
      sums.set(site, sum);
    }
  }
  if (count === 0) throw new GlassboxError("input", "a mean needs at least one prompt");
  return new Map([...sums].map(([site, sum]) => [site, sum.map((value) => value / count)]));
}

/** 0, then the middle, then the quarters …: a grid gives an early overview, which then becomes finer. */
export function coarseFirst(count: number): number[] {
  const order: number[] = [];
  const seen = new Set<number>();
  for (let step = 2 ** Math.ceil(Math.log2(Math.max(count, 1))); step >= 1; step /= 2) {
    for (let i = 0; i < count; i += step) {
      if (!seen.has(i)) order.push(i);
      seen.add(i);
    }
  }
  return order;
}

/** Checks that a clean and a corrupted prompt correspond token by token. */
export function checkPair(clean: readonly number[], corrupted: readonly number[]): void {
  if (clean.length !== corrupted.length) {
    throw new GlassboxError(
      "input",
      `the clean prompt has ${clean.length} tokens and the corrupted one ${corrupted.length}`,
      { hint: "Patching copies from token to token, so the prompts must have equally many tokens." },
    );
  }
}
