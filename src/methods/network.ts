import { typeOf, type Graph, type Site, type ValueName } from "../graph/graph.ts";
import type { Target } from "../graph/target.ts";
import type { OutputKind } from "../protocol/contract.ts";
import type { Effort, Program, Runtime } from "../runtime/runtime.ts";
import { bytesPerElement } from "../tensor/dtype.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { similarSites } from "./similar-sites.ts";
import { padRows, takeRows } from "../tensor/rows.ts";
import { sizeOf, type Shape } from "../tensor/shape.ts";
import { float32, toFloat64, type Tensor } from "../tensor/tensor.ts";
import { measureBoth, worthMeasuring, type ParallelismMemory } from "./parallelism.ts";
import { featuresAt, pooledGraph, pooledName } from "./pooled-graph.ts";
import type { Counted, PooledRows, Pooling, Traced } from "./traced.ts";
import { gradientGraph, gradientName, scoreName, seedName, type GradientProgram } from "./gradient-graph.ts";
import { prune } from "../graph/prune.ts";
import { targetSeeds, type Seed } from "./target-seeds.ts";

/** A model as the methods see it: a graph for any batch size, its input and its logits. */
export interface NetworkSource {
  /** SHA-256 of the file, in hex. */
  readonly hash: string;
  /** The folded core graph for `batch` samples at once. */
  at(batch: number): Graph;
  /** Whether the file allows more than one sample at once. */
  readonly batchable: boolean;
  readonly input: ValueName;
  /** What targets read, [batch, channel, position…]: of a classifier the logits, before softmax or sigmoid. */
  readonly logits: ValueName;
  /** What these numbers are; logits of classes if unset. */
  readonly output?: OutputKind | undefined;
  /** Their probabilities, in the same shape, if they have any. */
  readonly probabilities?: ValueName | undefined;
  /** The output scaled to length 1, if it is a vector. */
  readonly direction?: ValueName | undefined;
  /** The model's other outputs as targets read them, [batch, channel, position…], by the file's names. */
  readonly otherOutputs?: ReadonlyMap<string, ValueName> | undefined;
  /** Whether the channel axis of the input is the second or the last. */
  readonly layout: "NCHW" | "NHWC";
  readonly classNames: readonly string[] | undefined;
}

export interface Evaluation {
  /** Index of the first row. */
  readonly start: number;
  /** The target's value for each row. */
  readonly scores: Float64Array;
  /** [row, …] for each requested value. */
  readonly gradients: readonly Tensor[];
  readonly values: readonly Tensor[];
}

/** Rows that are generated on demand, so that a long computation never holds all of them. */
export interface RowSource extends Counted {
  /** [count, …]. Equal rows each time: they may be asked for in any order, and twice. */
  rows(start: number, count: number): Tensor;
}

export const rowsOf = (value: Tensor): RowSource => ({
  count: value.shape[0]!,
  rows: (start, count) => takeRows(value, start, count),
});

const cachedPrograms = 12;
const largestBatch = 64;
/**
 * The minimum number of values that one run should compute: below it, the call costs more than the work. Larger batches
 * cost memory and gain nothing: for convolutions on a CPU, 1 or 2 samples per run are the fastest (measured).
 */
const worthwhile = 2 ** 20;

/** Compiles and runs programs for the methods, within a memory budget. */
export class Network implements Traced<RowSource> {
  readonly source: NetworkSource;
  readonly runtime: Runtime;
  /** Whether samples run faster in parallel. A network of the same shape may share this memory. */
  readonly parallelism: ParallelismMemory;
  readonly #budget: number;
  readonly #programs = new Map<string, Promise<Program>>();
  #measuring = false;

  constructor(
    source: NetworkSource,
    runtime: Runtime,
    budgetBytes: number,
    parallelism: ParallelismMemory = untilReleased(),
  ) {
    this.source = source;
    this.runtime = runtime;
    this.#budget = budgetBytes;
    this.parallelism = parallelism;
  }

  get graph(): Graph {
    return this.source.at(1);
  }

  get identity(): string {
    return this.source.hash;
  }

  get sites(): readonly Site[] {
    return this.graph.sites;
  }

  get inputShape(): Shape {
    return typeOf(this.graph, this.source.input).shape.slice(1);
  }

  /** The number of classes, or of other channels that the output has at each position. */
  get classes(): number {
    return typeOf(this.graph, this.source.logits).shape[1]!;
  }

  /** What the output is. */
  get output(): OutputKind {
    return this.source.output ?? { is: "classes", classes: this.classes, given: "logits" };
  }

  site(name: string): Site {
    const site = this.graph.sites.find((candidate) => candidate.name === name);
    if (site === undefined)
      throw new GlassboxError("option", `the model has no site named ${name}`, {
        hint: `${similarSites(name, this.graph.sites)}List them with: glassbox sites <model>.`,
      });
    return site;
  }

  /**
   * Logits of each row, [row, class]; of an output with positions [row, channel, position…]. Of numbers that are not
   * finite nothing can be said, so they are refused.
   */
  async logits(rows: Tensor): Promise<Tensor> {
    const logits = await this.uncheckedLogits(rows);
    requireFinite(logits.data as Float32Array);
    return logits;
  }

  /** Logits that may be infinite or no number, e.g. under preprocessing that is only tried. */
  async uncheckedLogits(rows: Tensor): Promise<Tensor> {
    const { logits, input } = this.source;
    const sample = typeOf(this.graph, logits).shape.slice(1);
    const width = sizeOf(sample);
    const all = new Float32Array(rows.shape[0]! * width);
    for await (const { start, values } of this.#runBatches(
      "forward",
      (graph) => prune({ ...graph, outputs: [logits] }),
      rowsOf(rows),
      [[input, undefined]],
      [logits],
    )) {
      all.set(toFloat64(values[0]!), start * width);
    }
    return float32([rows.shape[0]!, ...(width === sample[0] ? [width] : sample)], all);
  }

  /** The outputs of a program for each row, in micro-batches that may run in parallel; stop consuming to cancel. */
  async *outputs(
    key: string,
    build: (graph: Graph) => Graph,
    outputs: readonly ValueName[],
    rows: RowSource,
  ): AsyncGenerator<{ readonly start: number; readonly values: readonly Tensor[] }> {
    yield* this.#runBatches(key, build, rows, [[this.source.input, undefined]], outputs);
  }

  featuresAt(site: string, pooling: Pooling): number {
    return featuresAt(this.graph, this.site(site).value, pooling);
  }

  async *pooled(rows: RowSource, sites: readonly string[], pooling: Pooling, from = 0): AsyncGenerator<PooledRows> {
    const rest: RowSource = { count: rows.count - from, rows: (start, count) => rows.rows(from + start, count) };
    const values = sites.map((name) => this.site(name).value);
    const outputs = values.map((name) => pooledName(name, pooling));
    const build = (graph: Graph): Graph => pooledGraph(graph, values, pooling);
    for await (const part of this.outputs(JSON.stringify(["probe", values, pooling]), build, outputs, rest)) {
      yield {
        start: from + part.start,
        count: part.values[0]!.shape[0]!,
        // The reference runtime returns float64.
        features: part.values.map(({ data }) =>
          data instanceof Float32Array ? data : Float32Array.from(data as Float64Array),
        ),
      };
    }
  }

  /** The target's score and gradients for each row, in micro-batches; stop consuming to cancel. */
  async *gradients(
    rows: RowSource,
    target: Target,
    program: Omit<GradientProgram, "read" | "positional" | "sites">,
    ruleName = "",
  ): AsyncGenerator<Evaluation> {
    const seeds = this.seeds(target);
    const read = seeds.map(({ value }) => value);
    const positional = seeds.flatMap(({ value, positional: places }) => (places ? [value] : []));
    const also = program.also ?? [];
    const outputs = [scoreName, ...program.wrt.map(gradientName), ...also];
    const sites = seeds.flatMap(({ value, site }) => (site ? [value] : []));
    const key = JSON.stringify(["gradient", read, positional, sites, program.wrt, also, ruleName]);
    const build = (graph: Graph): Graph => gradientGraph(graph, { ...program, read, positional, sites });
    const feeds = [
      [this.source.input, undefined] as const,
      ...seeds.map(({ value, weights }) => [seedName(value), weights] as const),
    ];
    for await (const { start, values } of this.#runBatches(key, build, rows, feeds, outputs)) {
      const wrt = program.wrt.length;
      const scores = toFloat64(values[0]!);
      // One by one: each is the score of a row, and none is beside another.
      for (let row = 0; row < scores.length; row++) requireFinite(scores.subarray(row, row + 1));
      yield { start, scores, gradients: values.slice(1, 1 + wrt), values: values.slice(1 + wrt) };
    }
  }

  /** The values that the target reads, with its weights on their channels, or on each of their numbers. */
  seeds(target: Target): readonly Seed[] {
    const { logits, probabilities, direction, otherOutputs } = this.source;
    return targetSeeds(target, {
      graph: this.graph,
      output: this.output,
      logits,
      probabilities,
      direction,
      others: otherOutputs ?? new Map(),
      site: (name) => this.site(name).value,
    });
  }

  /** A compiled program, cached by key and batch size. The least recently used one is released. */
  async program(
    key: string,
    batch: number,
    build: (graph: Graph) => Graph,
    effort: Effort = "full",
    workers = 1,
  ): Promise<Program> {
    const full = `${batch} ${effort} ${workers} ${key}`;
    const known = this.#programs.get(full) ?? this.runtime.compile(build(this.source.at(batch)), { effort, workers });
    this.#programs.delete(full);
    this.#programs.set(full, known);
    known.catch(() => this.#programs.delete(full));
    const [oldest] = this.#programs.keys();
    if (this.#programs.size > cachedPrograms && oldest !== undefined) {
      const evicted = this.#programs.get(oldest)!;
      this.#programs.delete(oldest);
      await evicted.then(
        (program) => program.release(),
        () => undefined,
      );
    }
    return known;
  }

  async release(): Promise<void> {
    await Promise.all(
      [...this.#programs.values()].map((program) =>
        program.then(
          (p) => p.release(),
          () => undefined,
        ),
      ),
    );
    this.#programs.clear();
  }

  /** Runs a program on all rows. Feeds with a tensor are the same for every row; the feed without one receives the rows. */
  async *#runBatches(
    key: string,
    build: (graph: Graph) => Graph,
    rows: RowSource,
    feeds: readonly (readonly [ValueName, Tensor | undefined])[],
    outputs: readonly ValueName[],
  ): AsyncGenerator<{ readonly start: number; readonly values: readonly Tensor[] }> {
    const batch = Math.min(this.microBatch(), rows.count);
    const runs = Math.ceil(rows.count / batch);
    const evaluateBy = (program: Program) => async (run: number) => {
      const start = run * batch;
      const count = Math.min(batch, rows.count - start);
      const fed = feeds.map(([name, value]) => [name, padRows(value ?? rows.rows(start, count), batch)] as const);
      const fetched = await program.run(new Map(fed));
      return { start, values: outputs.map((name) => takeRows(fetched.get(name)!, 0, count)) };
    };
    let workers = this.#workers(runs);
    let done = 0;
    if (workers > 1 && !this.#measuring && this.parallelism.read() === undefined && worthMeasuring(runs, workers)) {
      const results = await this.#measureParallelism(
        workers,
        (count) => this.program(key, batch, build, "full", count),
        evaluateBy,
      );
      yield* results;
      done = results.length;
    }
    if (this.parallelism.read() === "one-by-one") workers = 1;
    const program = await this.program(key, batch, build, "full", workers);
    const evaluate = evaluateBy(program);
    const running: ReturnType<typeof evaluate>[] = [];
    try {
      for (let run = done; run < runs; run++) {
        running.push(evaluate(run));
        if (running.length >= (program.workers ?? 1)) yield await running.shift()!;
      }
      while (running.length > 0) yield await running.shift()!;
    } finally {
      // After an early stop or a failure, no run may still be using the program.
      await Promise.allSettled(running);
    }
  }

  /** Evaluates the first runs with both kinds of parallelism. A concurrent computation does not measure too, because that would disturb both timings. */
  async #measureParallelism<T>(
    workers: number,
    compile: (workers: number) => Promise<Program>,
    evaluateBy: (program: Program) => (run: number) => Promise<T>,
  ): Promise<readonly T[]> {
    this.#measuring = true;
    try {
      const [alone, parallel] = [await compile(1), await compile(workers)];
      const { found, results } = await measureBoth(workers, evaluateBy(alone), evaluateBy(parallel));
      this.parallelism.keep(found);
      return results;
    } finally {
      this.#measuring = false;
    }
  }

  /**
   * The maximum number of parallel runs. For many runs, one thread per run usually beats all threads on one run after the
   * other (EfficientNet-Lite0 gradients: 24 against 34 ms per sample on two cores; ResNet-18: 58 against 60). `Parallelism`
   * records which is faster. Each worker has its own copy of the weights.
   */
  #workers(runs: number): number {
    const weights = [...this.graph.constants.values()].reduce(
      (sum, { dtype, shape }) => sum + sizeOf(shape) * bytesPerElement(dtype),
      0,
    );
    const affordable = Math.floor(this.#budget / 2 / (weights + this.microBatch() * this.#bytesOfSample()));
    return Math.max(1, Math.min(this.runtime.workers ?? 1, runs, affordable));
  }

  /** The number of samples per run: as many as are worthwhile, within the budget. */
  microBatch(): number {
    if (!this.source.batchable) return 1;
    const bytes = this.#bytesOfSample();
    return Math.max(
      1,
      Math.min(largestBatch, Math.ceil((4 * worthwhile) / bytes), Math.floor(this.#budget / 2 / bytes)),
    );
  }

  /** The memory of one sample: a gradient holds every activation and its cotangent. */
  #bytesOfSample(): number {
    const graph = this.graph;
    return (
      2 *
      graph.nodes.reduce((sum, { outputs }) => sum + outputs.reduce((n, output) => n + bytesOf(graph, output), 0), 0)
    );
  }
}

/** The rows and columns of the input, if it has the shape of a picture. */
export function inputExtent({
  inputShape,
  source,
}: Pick<Network, "inputShape" | "source">): readonly [rows: number, columns: number] | undefined {
  const [rows, columns] = source.layout === "NHWC" ? [inputShape[0], inputShape[1]] : [inputShape[1], inputShape[2]];
  return inputShape.length === 3 && rows !== undefined && columns !== undefined ? [rows, columns] : undefined;
}

function untilReleased(): ParallelismMemory {
  let known: ReturnType<ParallelismMemory["read"]>;
  return { read: () => known, keep: (found) => (known = found) };
}

function bytesOf(graph: Graph, value: ValueName): number {
  const { dtype, shape } = typeOf(graph, value);
  return sizeOf(shape) * bytesPerElement(dtype);
}

/** Beside others, minus infinity is a score that a mask gives, and softmax makes it 0. */
function requireFinite(scores: Float32Array | Float64Array): void {
  const masked = scores.some(Number.isFinite);
  const bad = scores.findIndex((score) => !Number.isFinite(score) && !(masked && score === -Infinity));
  if (bad < 0) return;
  throw new GlassboxError("unsupported", `the model's output is not finite: number ${bad} is ${scores[bad]}`, {
    hint: "It overflows or divides by zero on this input, so nothing can be said of it. Check its preprocessing and its weights.",
  });
}
