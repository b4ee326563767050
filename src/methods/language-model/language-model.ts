import { decoderGraph, logitsOutput, tokensInput, unembed, type Decoder } from "../../architectures/decoder.ts";
import { rowsOf } from "../../architectures/layers/parameters.ts";
import { wholePrompts } from "../../architectures/sequence.ts";
import { Builder } from "../../graph/builder.ts";
import { typeOf, type Graph, type Site } from "../../graph/graph.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { prune } from "../../graph/prune.ts";
import { patch } from "../../graph/transform/patch.ts";
import { cut } from "../../graph/transform/cut.ts";
import { tap } from "../../graph/transform/tap.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { allocate, bytesPerElement, type DType } from "../../tensor/dtype.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { Recent } from "../../tensor/recent.ts";
import { padRows, stackRows, takeRows } from "../../tensor/rows.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { fromFloat64, tensor, type Tensor } from "../../tensor/tensor.ts";
import { editFeeds, graphEdits, type SiteEdit } from "./edits.ts";
import { poolTokens, tokenFeatures } from "./pool-tokens.ts";
import { Programs } from "./programs.ts";
import { checkFeatureCount, type PooledRows, type Pooling, type PromptSource, type Traced } from "../traced.ts";

const residualInput = "residual";
const tokenIdsInput = "words";
/** The programs together may map at most this multiple of the weights: whole prompts and single blocks are compiled at the same time. */
const mappedShare = 1.4;
/** Prompts are padded to one of these lengths: a causal model does not see what follows. */
const lengths = [8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 4096, 8192];
/** The numbers of rows that are unembedded at once: 32 × 50,000 logits take 6 MB. */
const unembedRows = [1, 8, 32];

const cachedGraphs = 4;

/** The activations of one prompt by site, without the batch axis: [token, …], or [head, query, key] for patterns. */
export interface Trace {
  readonly tokens: readonly number[];
  get(site: string): Tensor;
}

const sumsSuffix = " row sums";

/** A name for a site's sums over its last axis, which can be traced like a site. The last extent is 1. */
export const rowSumsOf = (site: string): string => `${site}${sumsSuffix}`;

const summed = (name: string): string | undefined =>
  name.endsWith(sumsSuffix) ? name.slice(0, -sumsSuffix.length) : undefined;

/** A decoder and the runtime that runs it, as the methods see it. */
export class LanguageModel implements Traced<PromptSource> {
  readonly decoder: Decoder;
  readonly runtime: Runtime;
  readonly programs: Programs;
  readonly mostMappedBytes: number;
  readonly #graphs = new Recent<Graph>(cachedGraphs);

  /** @param memoryBudgetBytes a run that takes more, because the prompt is long, is refused */
  constructor(decoder: Decoder, runtime: Runtime, memoryBudgetBytes = Infinity) {
    this.decoder = decoder;
    this.runtime = runtime;
    const weights = [...this.graph(lengths[0]!).constants.values()].reduce(
      (sum, { dtype, shape }) => sum + sizeOf(shape) * bytesPerElement(dtype),
      0,
    );
    this.mostMappedBytes = mappedShare * weights;
    this.programs = new Programs(runtime, this.mostMappedBytes, memoryBudgetBytes);
  }

  /** The whole graph for one prompt of `length` tokens. */
  graph(length: number): Graph {
    return this.#graphs.ensure(String(length), () => decoderGraph(this.decoder, wholePrompts(1, length)));
  }

  get sites(): readonly Site[] {
    return this.graph(lengths[0]!).sites;
  }

  site(name: string, graph: Graph = this.graph(lengths[0]!)): Site {
    const site = graph.sites.find((candidate) => candidate.name === name);
    if (site === undefined)
      throw new GlassboxError("option", `the model has no site named ${name}`, {
        hint: "Sites are named as in TransformerLens, e.g. blocks.0.hook_resid_pre.",
      });
    return site;
  }

  /** Identifies the model by its weights, whose identities include the hash of their file. */
  get identity(): string {
    return [...this.graph(lengths[0]!).constants.values()].map(({ identity }) => identity ?? "").join("\n");
  }

  /** 1, because prompts differ in length and each needs a separate run. */
  microBatch(): number {
    return 1;
  }

  featuresAt(name: string, _pooling: Pooling): number {
    const site = this.site(name);
    return checkFeatureCount(tokenFeatures(site, typeOf(this.graph(lengths[0]!), site.value).shape));
  }

  async *pooled(
    prompts: PromptSource,
    sites: readonly string[],
    pooling: Pooling,
    from = 0,
  ): AsyncGenerator<PooledRows> {
    for (let start = from; start < prompts.count; start++) {
      const trace = await this.trace(prompts.tokens(start), sites);
      yield { start, count: 1, features: sites.map((site) => poolTokens(trace.get(site), pooling)) };
    }
  }

  /** Runs a prompt once and returns the activations at `sites`. Cost: one forward pass without the unembedding. */
  async trace(tokens: readonly number[], sites: readonly string[], edits: readonly SiteEdit[] = []): Promise<Trace> {
    const length = this.filledLength(tokens);
    const key = JSON.stringify([
      "trace",
      length,
      sites,
      edits.map(({ site, kind, mask, operand }) => [site, kind, mask.shape, operand.shape]),
    ]);
    const program = await this.programs.get(key, () => {
      const graph = this.graph(length);
      return this.#tapped(edits.length ? patch(graph, graphEdits(graph, edits, length), coreOperators) : graph, sites);
    });
    const ids = fromFloat64("int64", [1, length], [...tokens, ...new Array<number>(length - tokens.length).fill(0)]);
    const values = await program.run(
      new Map(
        [[tokensInput, ids], ...editFeeds(edits, length)].filter(([name]) => program.inputs.has(name as string)) as [
          string,
          Tensor,
        ][],
      ),
    );
    // Several sites may refer to one value, which is one output. Edits rename values but keep their order.
    const graph = this.graph(length);
    const nameOf = (site: string): string => (summed(site) === undefined ? this.site(site, graph).value : site);
    const order = [...new Set(sites.map(nameOf))];
    const byName = new Map(sites.map((site) => [site, program.outputs[order.indexOf(nameOf(site))]!]));
    return {
      tokens,
      get: (name) => {
        const value = byName.get(name);
        if (value === undefined) throw new RangeError(`${name} was not traced`);
        return shortened(this.site(summed(name) ?? name).axes, values.get(value)!, tokens.length);
      },
    };
  }

  /** The logits of final residual states [row, feature], in micro-batches of [rows, token id]; stop consuming to cancel. */
  async *unembed(residual: Tensor): AsyncGenerator<{ readonly start: number; readonly logits: Tensor }> {
    const count = residual.shape[0]!;
    for (let start = 0; start < count;) {
      const rows = unembedRows.find((size) => size >= count - start) ?? unembedRows.at(-1)!;
      const taken = Math.min(rows, count - start);
      const program = await this.programs.get(`unembed ${rows}`, () => this.#unembedGraph(rows));
      const fed = padRows(takeRows(residual, start, taken), rows);
      const values = await program.run(new Map([[residualInput, { ...fed, shape: [1, ...fed.shape] }]]));
      const logits = values.get(logitsOutput)!;
      yield { start, logits: takeRows({ ...logits, shape: [rows, this.decoder.vocabulary] }, 0, taken) };
      start += taken;
    }
  }

  /**
   * The logits of a few tokens only, [row, token id]: for example, two columns of the unembedding instead of fifty thousand.
   * With `scales` [row], the final norm divides by them instead of the rows' own norms. The map is then affine, which direct
   * logit attribution requires.
   */
  async readTokenLogits(residual: Tensor, tokenIds: readonly number[], scales?: Tensor): Promise<Tensor> {
    const rows = residual.shape[0]! > 32 ? 128 : 32;
    const parts: Tensor[] = [];
    const ids = fromFloat64("int64", [tokenIds.length], tokenIds);
    const program = await this.programs.get(`words ${rows} ${tokenIds.length} ${scales !== undefined}`, () =>
      this.#tokenLogitsGraph(rows, tokenIds.length, scales !== undefined),
    );
    for (let start = 0; start < residual.shape[0]!; start += rows) {
      const taken = Math.min(rows, residual.shape[0]! - start);
      const fed = padRows(takeRows(residual, start, taken), rows);
      const feeds = new Map([
        [residualInput, { ...fed, shape: [1, ...fed.shape] }],
        [tokenIdsInput, ids],
      ]);
      if (scales)
        feeds.set(this.#scaleValue(program.inputs.keys()), {
          ...padRows(takeRows(scales, start, taken), rows),
          shape: [1, rows, 1],
        });
      const values = await program.run(feeds);
      parts.push(takeRows(values.get(program.outputs[0]!)!, 0, taken));
    }
    return stackRows(parts);
  }

  /** The element type in which the runtime computes. */
  get dtype(): DType {
    return this.runtime.name === "reference" ? "float64" : "float32";
  }

  checkPrompt(tokens: readonly number[]): void {
    const { vocabulary, context } = this.decoder;
    if (tokens.length === 0) throw new GlassboxError("input", "the prompt has no tokens", { hint: "Type some text." });
    if (tokens.length > context)
      throw new GlassboxError(
        "input",
        `the prompt has ${tokens.length} tokens; the model's context is ${context} tokens`,
        { hint: "Shorten it." },
      );
    const strange = tokens.find((id) => !Number.isInteger(id) || id < 0 || id >= vocabulary);
    if (strange !== undefined)
      throw new GlassboxError("input", `there is no token ${strange}; the vocabulary has ${vocabulary} tokens`);
  }

  release(): Promise<void> {
    this.#graphs.clear();
    return this.programs.release();
  }

  /** The length that a prompt is padded to. */
  filledLength(tokens: readonly number[]): number {
    this.checkPrompt(tokens);
    return Math.min(
      lengths.find((length) => length >= tokens.length) ?? tokens.length,
      Math.max(this.decoder.context, tokens.length),
    );
  }

  /** Sums over rows are computed in the graph: the patterns of a long prompt take gigabytes, their sums do not. */
  #tapped(graph: Graph, sites: readonly string[]): Graph {
    if (sites.every((name) => summed(name) === undefined))
      return tap(
        graph,
        sites.map((name) => this.site(name, graph).value),
      );
    const b = Builder.extend(graph, coreOperators);
    const values = sites.map((name) => {
      const { value, axes } = this.site(summed(name) ?? name, graph);
      return summed(name) === undefined ? value : b.sum(b.value(value), [axes.length - 1], true).name;
    });
    return tap(b.finish(graph.outputs.map((name) => b.value(name))), values);
  }

  #unembedGraph(rows: number): Graph {
    const b = new Builder(coreOperators);
    const c = { b, sequence: wholePrompts(1, rows) };
    const x = b.input(residualInput, { dtype: "float32", shape: [1, rows, this.decoder.width] });
    return b.finish([unembed(c, this.decoder, this.decoder.finalNorm(c, x))]);
  }

  /** The input for the scales: the one that is neither the residual stream nor the token ids. */
  #scaleValue(inputs: Iterable<string>): string {
    return [...inputs].find((name) => name !== residualInput && name !== tokenIdsInput)!;
  }

  #tokenLogitsGraph(rows: number, count: number, frozen: boolean): Graph {
    const b = new Builder(coreOperators);
    const c = { b, sequence: wholePrompts(1, rows) };
    const x = b.input(residualInput, { dtype: "float32", shape: [1, rows, this.decoder.width] });
    const ids = b.input(tokenIdsInput, { dtype: "int64", shape: [count] });
    const { weight: matrix, bias } = this.decoder.unembedding(c);
    const directions = rowsOf(c, matrix, ids);
    const offsets = bias ? [b.apply("Gather", [bias, ids], { axis: 0 })] : [];
    const normalized = b.reshape(this.decoder.finalNorm(c, x), [rows, this.decoder.width]);
    const graph = b.finish([b.apply("Gemm", [normalized, directions, ...offsets], { transB: true })]);
    return frozen
      ? cut(graph, [residualInput, this.site("ln_final.hook_scale", graph).value], graph.outputs, coreOperators)
      : prune(graph);
  }
}

/** Removes the batch axis and the padding. */
function shortened(axes: readonly string[], value: Tensor, length: number): Tensor {
  const cutAxes = axes.slice(1).map((axis) => axis === "token" || axis === "query" || axis === "key");
  const shape = value.shape.slice(1);
  const wanted = shape.map((extent, i) => (cutAxes[i] ? Math.min(length, extent) : extent));
  if (sizeOf(wanted) === sizeOf(shape)) return { ...value, shape };
  if (cutAxes[0]) return takeRows({ ...value, shape }, 0, length);
  const [heads, queries, keys] = shape as [number, number, number];
  const [kept, columns] = [wanted[1]!, wanted[2]!];
  const target = tensor(value.dtype, wanted, allocate(value.dtype, sizeOf(wanted)));
  for (let head = 0; head < heads; head++) {
    for (let query = 0; query < kept; query++) {
      const from = (head * queries + query) * keys;
      target.data.set(value.data.subarray(from, from + columns) as never, (head * kept + query) * columns);
    }
  }
  return target;
}
