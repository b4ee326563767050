import { tokensInput } from "../../architectures/decoder.ts";
import { wholePrompts } from "../../architectures/sequence.ts";
import { Builder } from "../../graph/builder.ts";
import type { Graph } from "../../graph/graph.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { prune } from "../../graph/prune.ts";
import { differentiate } from "../../graph/transform/differentiate.ts";
import { takeRows } from "../../tensor/rows.ts";
import { fromFloat64, type Tensor } from "../../tensor/tensor.ts";
import type { Component, Metric } from "../../protocol/language-model.ts";
import { finalSite } from "./components.ts";
import type { LanguageModel, Trace } from "./language-model.ts";
import { rowOf } from "./logits.ts";
import { metricSlope } from "./metric.ts";
import { componentSite } from "./patch-grid.ts";

export interface PatchEstimateOptions {
  readonly component: Component;
  readonly metric: Metric;
  readonly position: number;
  /** The run that replacement values are taken from. */
  readonly source: Trace;
  /** The run that the KL divergence compares with. */
  readonly reference: Trace;
}

/**
 * Attribution patching (Nanda 2023): the first-order estimate of all patches at once, Σ (a′ − a)·∂metric/∂a at the base run.
 * Cost: one forward and one backward pass for a whole grid, instead of one forward pass per cell. The estimate is linear, so
 * it is wrong where the metric is nonlinear.
 * Returns [layer][token] or [layer][head]: the estimated change of the base run's metric.
 */
export async function patchEstimates(
  model: LanguageModel,
  base: Trace,
  { component, metric, position, source, reference }: PatchEstimateOptions,
): Promise<Float64Array[]> {
  const { layers, heads } = model.decoder;
  const slope = await readoutSlope(model, base, metric, position, reference);
  const gradients = await gradientsOf(model, base.tokens, component, position, slope);
  return Array.from({ length: layers }, (_, layer) => {
    const site = componentSite(component, layer);
    const [own, other] = [base.get(site).data, source.get(site).data];
    const gradient = gradients[layer]!.data;
    const cells = new Float64Array(component === "head" ? heads : base.tokens.length);
    const size = own.length / base.tokens.length / (component === "head" ? heads : 1);
    for (let i = 0; i < own.length; i++) {
      const cell = component === "head" ? Math.floor(i / size) % heads : Math.floor(i / size);
      cells[cell] = cells[cell]! + ((other[i] as number) - (own[i] as number)) * (gradient[i] as number);
    }
    return cells;
  });
}

/** ∂metric/∂(normalized state) at the position that is read: ∂metric/∂logits · W_U. [1, 1, feature] */
async function readoutSlope(
  model: LanguageModel,
  base: Trace,
  metric: Metric,
  position: number,
  reference: Trace,
): Promise<Tensor> {
  const logitsAt = async (trace: Trace): Promise<Float64Array> => {
    for await (const { logits } of model.unembed(takeRows(trace.get(finalSite(model)), position, 1)))
      return Float64Array.from(rowOf(logits as never, 0));
    throw new RangeError("the unembedding gave no row");
  };
  const slope = metricSlope(metric, await logitsAt(base), await logitsAt(reference));
  const program = await model.programs.get("readout slope", () => {
    const b = new Builder(coreOperators);
    const given = b.input("slope", { dtype: "float32", shape: [1, model.decoder.vocabulary] });
    const { weight } = model.decoder.unembedding({ b, sequence: wholePrompts(1, 1) });
    return b.finish([b.reshape(b.apply("Gemm", [given, weight]), [1, 1, model.decoder.width])]);
  });
  return (await program.run(new Map([["slope", fromFloat64(model.dtype, [1, slope.length], slope)]]))).get(
    program.outputs[0]!,
  )!;
}

/** The metric's gradient at the component's site in each layer, without the batch axis: [token, …]. */
async function gradientsOf(
  model: LanguageModel,
  tokens: readonly number[],
  component: Component,
  position: number,
  slope: Tensor,
): Promise<Tensor[]> {
  const length = model.filledLength(tokens);
  const program = await model.programs.get(`gradient ${length} ${component}`, () =>
    gradientGraph(model, length, component),
  );
  const ids = fromFloat64("int64", [1, length], [...tokens, ...new Array<number>(length - tokens.length).fill(0)]);
  const values = await program.run(
    new Map([
      [tokensInput, ids],
      ["read", fromFloat64("int64", [1], [position])],
      ["slope", slope],
    ]),
  );
  return program.outputs.map((name) => {
    const value = values.get(name)!;
    return takeRows({ ...value, shape: value.shape.slice(1) }, 0, tokens.length);
  });
}

function gradientGraph(model: LanguageModel, length: number, component: Component): Graph {
  const { decoder } = model;
  const b = new Builder(coreOperators);
  const c = { b, sequence: wholePrompts(1, length) };
  let x = decoder.embed(c, b.input(tokensInput, { dtype: "int64", shape: [1, length] }));
  for (let layer = 0; layer < decoder.layers; layer++) x = decoder.block(c, layer, x);
  const read = b.apply("Gather", [decoder.finalNorm(c, x), b.input("read", { dtype: "int64", shape: [1] })], {
    axis: 1,
  });
  const slope = b.input("slope", { dtype: "float32", shape: [1, 1, decoder.width] });
  const graph = b.finish([x]);
  const wrt = Array.from({ length: decoder.layers }, (_, layer) =>
    b.value(model.site(componentSite(component, layer), graph).value),
  );
  const gradients = differentiate(b, [{ of: read, cotangent: slope }], wrt);
  // Outputs must be distinct values even if two layers share a zero gradient.
  const outputs = gradients.map((gradient, i) =>
    b.apply("Identity", [gradient ?? b.zeros(wrt[i]!)], {}, { names: [`gradient ${i}`] }),
  );
  return prune(b.finish(outputs));
}

/** Pearson's r between the estimated and the exact effects, as in their scatter plot. */
export function agreement(estimates: readonly Float64Array[], exact: readonly Float64Array[]): number {
  const x = estimates.flatMap((row) => [...row]);
  const y = exact.flatMap((row) => [...row]);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    xy += (x[i]! - mx) * (y[i]! - my);
    xx += (x[i]! - mx) ** 2;
    yy += (y[i]! - my) ** 2;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : 0;
}
