import type { Decoder } from "../../architectures/decoder.ts";
import { wholePrompts } from "../../architectures/sequence.ts";
import { Builder, type Value } from "../../graph/builder.ts";
import type { Graph } from "../../graph/graph.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { prune } from "../../graph/prune.ts";
import { cut } from "../../graph/transform/cut.ts";
import { differentiate } from "../../graph/transform/differentiate.ts";
import { graft } from "../../graph/transform/graft.ts";
import { fromFloat64 } from "../../tensor/tensor.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { edgeGraph, type Stage } from "./edge-graph.ts";
import { weighted, type MetricForm } from "./metric-graph.ts";

/** The inputs and outputs of edge programs, by name. */
export const edgeNames = {
  embedding: "embedding",
  position: "read",
  weights: "metric weights",
  metric: "metric",
  /** [sender, token · feature] */
  differences: "differences",
  /** [1, sender, token · feature] */
  given: "given",
  held: "held",
  mask: (stage: number): string => `mask ${stage}`,
  scores: (stage: number): string => `scores ${stage}`,
} as const;

interface Size {
  readonly length: number;
  /** Runs side by side. */
  readonly rows: number;
  readonly form: MetricForm;
}

/**
 * Scores of all edges from one forward and one backward pass: ⟨difference of the sender, ∂metric/∂(what the receiver reads)⟩.
 * Every receiver reads a value of its own, so that each has its own gradient.
 * Inputs: `embedding` [1, token, feature]; `differences` [sender, token·feature]; `given` [1, sender, token·feature] and
 * `held` [group], bool: the heads or the MLP of a layer whose output is `given` instead of computed. Outputs: `metric` [1],
 * and `scores` of each stage, [receiver, sender].
 */
export function scoreGraph(decoder: Decoder, length: number, form: MetricForm): Graph {
  const b = new Builder(coreOperators);
  const { senders, stages } = edgeGraph(decoder);
  const features = length * decoder.width;
  const given = b.input(edgeNames.given, { dtype: "float32", shape: [1, senders.length, features] });
  const held = b.input(edgeNames.held, { dtype: "bool", shape: [2 * decoder.layers] });
  const differences = b.input(edgeNames.differences, { dtype: "float32", shape: [senders.length, features] });
  const received: Value[] = [];
  const metric = forward(
    b,
    decoder,
    { length, rows: 1, form },
    {
      receive: (stream, { receivers }) => {
        const count = receivers.length;
        const own = b.apply("Identity", [b.expand(stream, [1, count, features])], {}, { names: [b.fresh("received")] });
        received.push(own);
        return own;
      },
      send: (written, first, group) => {
        const flag = b.reshape(b.slice(held, [0], [group], [group + 1]), [1, 1, 1]);
        return b.where(flag, b.slice(given, [1], [first], [first + written.shape[1]!]), written);
      },
    },
  );
  const gradients = differentiate(b, [{ of: metric, cotangent: b.expand(b.scalar(1), metric.shape) }], received);
  const scores = stages.map(({ receivers, senders: count }, stage) => {
    const gradient = gradients[stage] ?? b.zeros(received[stage]!);
    const product = b.apply(
      "Gemm",
      [b.reshape(gradient, [receivers.length, features]), b.slice(differences, [0], [0], [count])],
      { transB: true },
    );
    return b.apply("Identity", [product], {}, { names: [edgeNames.scores(stage)] });
  });
  return prune(b.finish([named(b, metric), ...scores]));
}

/**
 * Runs in which any edges carry a replacement: a receiver reads stream + Σ mask·(replacement − what the sender writes now).
 * Inputs: `embedding`, `given` [1, sender, token·feature] the replacements, `mask` of each stage [row, receiver, sender].
 * Output: `metric` [row].
 */
export function patchGraph(decoder: Decoder, length: number, rows: number, form: MetricForm): Graph {
  const b = new Builder(coreOperators);
  const { senders, stages } = edgeGraph(decoder);
  const given = b.input(edgeNames.given, { dtype: "float32", shape: [1, senders.length, length * decoder.width] });
  const metric = forward(
    b,
    decoder,
    { length, rows, form },
    {
      receive: (stream, stage, written) => {
        const { receivers, senders: count } = stage;
        const shape = [rows, receivers.length, count];
        const mask = b.input(
          edgeNames.mask(stages.findIndex((each) => each.layer === stage.layer && each.kind === stage.kind)),
          { dtype: "float32", shape },
        );
        return b.add(stream, b.matmul(mask, b.sub(b.slice(given, [1], [0], [count]), b.concat(written, 1))));
      },
      send: (written) => written,
    },
  );
  return prune(b.finish([named(b, metric)]));
}

const named = (b: Builder, metric: Value): Value => b.apply("Identity", [metric], {}, { names: [edgeNames.metric] });

interface Wiring {
  /** What a stage reads [row, receiver or 1, token·feature], from the stream [row, 1, token·feature]. */
  receive(stream: Value, stage: Stage, written: readonly Value[]): Value;
  /** What goes into the stream for what senders compute [row, sender, token·feature]; `first` is their index, `group` that of their part. */
  send(written: Value, first: number, group: number): Value;
}

/** The decoder with its residual stream taken apart: the sums are made here, and its parts are grafted between them. */
function forward(b: Builder, decoder: Decoder, { length, rows, form }: Size, wiring: Wiring): Value {
  const { width, heads, headWidth, vocabulary, layers } = decoder;
  const features = length * width;
  const embedding = b.input(edgeNames.embedding, { dtype: "float32", shape: [1, length, width] });
  const parts = partsOf(b, decoder, length);
  const flat = (x: Value, count: number): Value => b.reshape(x, [x.shape[0]!, count, features]);
  const written: Value[] = [b.expand(flat(embedding, 1), [rows, 1, features])];
  let stream = b.expand(flat(parts.embed(embedding), 1), [rows, 1, features]);
  const { stages } = edgeGraph(decoder);
  const own = b.tensor(
    fromFloat64(
      "float32",
      [1, heads, 1, heads, 1],
      Array.from({ length: heads * heads }, (_, i) => Number(i % (heads + 1) === 0)),
    ),
    b.fresh("own head"),
  );
  for (let layer = 0; layer < layers; layer++) {
    const attention = stages[2 * layer]!;
    const read = wiring.receive(stream, attention, written);
    const inputs = [0, 1, 2].map((channel) =>
      b.reshape(b.slice(read, [1], [channel * heads], [(channel + 1) * heads]), [rows * heads, length, width]),
    ) as [Value, Value, Value];
    // One run of the layer for each head, of which only that head is read: its queries, keys and values have inputs of their own.
    const all = b.reshape(parts.attend(layer, inputs, rows * heads), [rows, heads, length, heads, headWidth]);
    const z = b.sum(b.mul(all, own), [1]);
    const results = flat(b.transpose(parts.results(layer, z, rows), [0, 2, 1, 3]), heads);
    const sentHeads = wiring.send(results, attention.senders, 2 * layer);
    written.push(sentHeads);
    stream = b.add(
      b.add(stream, b.sum(sentHeads, [1], true)),
      flat(b.expand(parts.outputBias(layer), [1, length, width]), 1),
    );
    const mlpRead = b.reshape(wiring.receive(stream, stages[2 * layer + 1]!, written), [rows, length, width]);
    const sent = wiring.send(flat(parts.mlp(layer, mlpRead, rows), 1), stages[2 * layer + 1]!.senders, 2 * layer + 1);
    written.push(sent);
    stream = b.add(stream, sent);
  }
  const last = b.reshape(wiring.receive(stream, stages.at(-1)!, written), [rows, length, width]);
  const position = b.input(edgeNames.position, { dtype: "int64", shape: [1] });
  const state = b.apply("Gather", [last, position], { axis: 1 });
  const c = { b, sequence: wholePrompts(rows, 1) };
  const normalized = b.reshape(decoder.finalNorm(c, state), [rows, width]);
  const { weight, bias } = decoder.unembedding(c);
  const logits = b.apply("Gemm", [normalized, weight, ...(bias ? [bias] : [])], { transB: true });
  const weights = b.input(edgeNames.weights, { dtype: "float32", shape: [1, vocabulary] });
  return weighted(b, form, logits, weights);
}

interface Parts {
  embed(embedding: Value): Value;
  /** z [row, token, head, feature] from the streams that queries, keys and values read. */
  attend(layer: number, inputs: readonly [Value, Value, Value], rows: number): Value;
  results(layer: number, z: Value, rows: number): Value;
  /** [1, 1, feature] */
  outputBias(layer: number): Value;
  mlp(layer: number, x: Value, rows: number): Value;
}

function partsOf(b: Builder, decoder: Decoder, length: number): Parts {
  const { width, heads, headWidth } = decoder;
  const block = (layer: number, rows: number, tokens = length): Graph => {
    const inner = new Builder(coreOperators);
    const x = inner.input("x", { dtype: "float32", shape: [rows, tokens, width] });
    return inner.finish([decoder.block({ b: inner, sequence: wholePrompts(rows, tokens) }, layer, x)]);
  };
  const part = (graph: Graph, given: readonly (readonly [string, Value])[], wanted: string): Value => {
    const inner = cut(
      graph,
      given.map(([name]) => name),
      [wanted],
      coreOperators,
    );
    const values = graft(b, inner, new Map(given), [wanted]);
    if (!values) throw new RangeError(`${wanted} cannot be computed apart`);
    return values.get(wanted)!;
  };
  return {
    embed(embedding) {
      const inner = new Builder(coreOperators);
      const ids = inner.input("ids", { dtype: "int64", shape: [1, length] });
      const graph = inner.finish([decoder.embed({ b: inner, sequence: wholePrompts(1, length) }, ids)]);
      const from = valueAt(graph, "hook_embed");
      return graph.outputs[0] === from ? embedding : part(graph, [[from, embedding]], graph.outputs[0]!);
    },
    attend(layer, inputs, rows) {
      const graph = block(layer, rows);
      const names = ["q", "k", "v"].map((channel) => valueAt(graph, `blocks.${layer}.attn.hook_${channel}`));
      const projected = names.map((name, i) => [name, part(graph, [["x", inputs[i]!]], name)] as const);
      return part(graph, projected, valueAt(graph, `blocks.${layer}.attn.hook_z`));
    },
    results(layer, z, rows) {
      const graph = block(layer, rows);
      return part(
        graph,
        [[valueAt(graph, `blocks.${layer}.attn.hook_z`), z]],
        valueAt(graph, `blocks.${layer}.attn.hook_result`),
      );
    },
    outputBias(layer) {
      const graph = block(layer, 1, 1);
      const none = b.zeros({ dtype: "float32", shape: [1, 1, heads, headWidth] });
      return part(
        graph,
        [[valueAt(graph, `blocks.${layer}.attn.hook_z`), none]],
        valueAt(graph, `blocks.${layer}.hook_attn_out`),
      );
    },
    mlp(layer, x, rows) {
      const graph = block(layer, rows);
      return part(
        graph,
        [[valueAt(graph, `blocks.${layer}.hook_resid_mid`), x]],
        valueAt(graph, `blocks.${layer}.hook_mlp_out`),
      );
    },
  };
}

function valueAt(graph: Graph, name: string): string {
  const site = graph.sites.find((each) => each.name === name);
  if (site === undefined)
    throw new GlassboxError("unsupported", `the model has no site ${name}, which the edge graph needs`, {
      hint: "Edges are defined for decoders whose attention and MLP each add to the residual stream in turn.",
    });
  return site.value;
}
