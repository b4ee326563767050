import type { Metric } from "../../protocol/language-model.ts";
import { takeRows } from "../../tensor/rows.ts";
import { fromFloat64, toFloat64, type Tensor } from "../../tensor/tensor.ts";
import { finalSite } from "../language-model/components.ts";
import type { LanguageModel } from "../language-model/language-model.ts";
import { rowOf } from "../language-model/logits.ts";
import { edgeGraph, type Edge, type EdgeGraph, type EdgeValues } from "./edge-graph.ts";
import { edgeNames, patchGraph, scoreGraph } from "./edge-program.ts";
import { formOf, metricWeights, type MetricForm, type MetricWeights } from "./metric-graph.ts";

/** A pair of prompts of equal length, and the metric that is read at `position`. */
export interface EdgePair {
  readonly clean: readonly number[];
  readonly corrupted: readonly number[];
  readonly metric: Metric;
  readonly position: number;
}

/** What all senders write: [sender, token, feature], zero where the prompt is padded. */
export interface Written {
  readonly values: Float64Array;
}

/** A pair that was run once on each side. */
export interface PairRun {
  readonly pair: EdgePair;
  readonly length: number;
  readonly clean: Written;
  readonly corrupted: Written;
  readonly form: MetricForm;
  readonly metric: MetricWeights;
}

export async function runEdgePair(model: LanguageModel, pair: EdgePair): Promise<PairRun> {
  const clean = await writtenBy(model, pair.clean);
  const final = (await model.trace(pair.clean, [finalSite(model)])).get(finalSite(model));
  let metric: MetricWeights | undefined;
  for await (const { logits } of model.unembed(takeRows(final, pair.position, 1)))
    metric = metricWeights(pair.metric, rowOf(logits as never, 0));
  return {
    pair,
    length: model.filledLength(pair.clean),
    clean,
    corrupted: await writtenBy(model, pair.corrupted),
    form: formOf(pair.metric),
    metric: metric!,
  };
}

async function writtenBy(model: LanguageModel, tokens: readonly number[]): Promise<Written> {
  const { layers, heads, width } = model.decoder;
  const { senders } = edgeGraph(model.decoder);
  const features = model.filledLength(tokens) * width;
  const results = (layer: number): string => `blocks.${layer}.attn.hook_result`;
  const outputs = (layer: number): string => `blocks.${layer}.hook_mlp_out`;
  const each = Array.from({ length: layers }, (_, layer) => layer);
  const trace = await model.trace(tokens, ["hook_embed", ...each.flatMap((layer) => [results(layer), outputs(layer)])]);
  const values = new Float64Array(senders.length * features);
  let sender = 0;
  const put = (data: Float64Array): void => values.set(data, sender++ * features);
  put(toFloat64(trace.get("hook_embed")));
  for (const layer of each) {
    const written = toFloat64(trace.get(results(layer)));
    for (let head = 0; head < heads; head++) {
      const own = new Float64Array(tokens.length * width);
      for (let token = 0; token < tokens.length; token++) {
        const from = (token * heads + head) * width;
        own.set(written.subarray(from, from + width), token * width);
      }
      put(own);
    }
    put(toFloat64(trace.get(outputs(layer))));
  }
  return { values };
}

/** One pass of `scoreGraph`. */
export interface ScorePass {
  /** The token embedding, [token, feature]. */
  readonly embedding: Float64Array;
  /** Differences of all senders, [sender, token, feature]. */
  readonly differences: Float64Array;
  /** The group of senders that is held at `given`, counted from 0: the heads of layer 0, its MLP, … */
  readonly held?: { readonly group: number; readonly given: Float64Array } | undefined;
}

/** The scores of all edges: by stage, [receiver, sender]. */
export async function edgeScores(model: LanguageModel, run: PairRun, pass: ScorePass): Promise<EdgeValues> {
  const { layers, width } = model.decoder;
  const { senders, stages } = edgeGraph(model.decoder);
  const features = run.length * width;
  const program = await model.programs.get(`edge scores ${run.length} ${run.form}`, () =>
    scoreGraph(model.decoder, run.length, run.form),
  );
  const held = Array.from({ length: 2 * layers }, (_, group) => Number(group === pass.held?.group));
  const given = pass.held?.given ?? new Float64Array(senders.length * features);
  const values = await program.run(
    new Map([
      ...sharedFeeds(model, run, pass.embedding),
      [edgeNames.differences, fromFloat64(model.dtype, [senders.length, features], pass.differences)],
      [edgeNames.given, fromFloat64(model.dtype, [1, senders.length, features], given)],
      [edgeNames.held, fromFloat64("bool", [2 * layers], held)],
    ]),
  );
  return stages.map((_, stage) => toFloat64(values.get(edgeNames.scores(stage))!));
}

function sharedFeeds(
  model: LanguageModel,
  { length, metric, pair }: PairRun,
  embedding: Float64Array,
): [string, Tensor][] {
  const { width, vocabulary } = model.decoder;
  return [
    [edgeNames.embedding, fromFloat64(model.dtype, [1, length, width], embedding)],
    [edgeNames.position, fromFloat64("int64", [1], [pair.position])],
    [edgeNames.weights, fromFloat64(model.dtype, [1, vocabulary], metric.weights)],
  ];
}

/** What the embedding is in a run: the first sender. */
export const embeddingOf = (model: LanguageModel, { length }: PairRun, { values }: Written): Float64Array =>
  values.slice(0, length * model.decoder.width);

/**
 * The metric of runs in which edges carry what `replacement` says: one row for each mask, whose entries are 1 where an edge is
 * replaced. Cost: about (1 + heads) / 2 forward passes a mask, because each head reads streams of its own.
 */
export async function* patchedMetrics(
  model: LanguageModel,
  run: PairRun,
  replacement: Written,
  masks: readonly EdgeValues[],
): AsyncGenerator<{ readonly start: number; readonly metrics: Float64Array }> {
  const { width, heads } = model.decoder;
  const { senders, stages } = edgeGraph(model.decoder);
  const most = Math.max(1, Math.min(16, Math.floor(mostValues / (heads * run.length * width))));
  for (let start = 0; start < masks.length;) {
    const rows = masks.length - start >= most ? most : 1;
    const program = await model.programs.get(`edge patches ${run.length} ${rows} ${run.form}`, () =>
      patchGraph(model.decoder, run.length, rows, run.form),
    );
    const feeds = new Map(sharedFeeds(model, run, embeddingOf(model, run, run.clean)));
    feeds.set(edgeNames.given, fromFloat64(model.dtype, [1, senders.length, run.length * width], replacement.values));
    stages.forEach(({ receivers, senders: count }, stage) => {
      const each = receivers.length * count;
      const joined = new Float64Array(rows * each);
      for (let row = 0; row < rows; row++) joined.set(masks[start + row]![stage]!, row * each);
      feeds.set(edgeNames.mask(stage), fromFloat64(model.dtype, [rows, receivers.length, count], joined));
    });
    const values = await program.run(feeds);
    yield { start, metrics: toFloat64(values.get(edgeNames.metric)!).map((value) => value + run.metric.offset) };
    start += rows;
  }
}

/** The numbers that the streams of one layer's heads may take in one run. */
const mostValues = 2 ** 21;

/** 1 at the given edges, 0 elsewhere. */
export function maskOf({ stages }: EdgeGraph, edges: readonly Edge[]): EdgeValues {
  const values = stages.map(({ receivers, senders }) => new Float64Array(receivers.length * senders));
  for (const { sender, stage, receiver } of edges) values[stage]![receiver * stages[stage]!.senders + sender] = 1;
  return values;
}
