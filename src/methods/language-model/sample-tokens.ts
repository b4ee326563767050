import { decoderGraph, logitsOutput, tokensInput } from "../../architectures/decoder.ts";
import { packedInputs, packedTokens } from "../../architectures/sequence.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { patch } from "../../graph/transform/patch.ts";
import { tap } from "../../graph/transform/tap.ts";
import { allocate, type TypedArray } from "../../tensor/dtype.ts";
import { Random } from "../../tensor/random.ts";
import { takeRows } from "../../tensor/rows.ts";
import { fromFloat64, tensor, type Tensor } from "../../tensor/tensor.ts";
import { finalSite } from "./components.ts";
import { editFeeds, graphEdits, type SiteEdit } from "./edits.ts";
import type { LanguageModel } from "./language-model.ts";
import { logNormalizer, rowOf, topIds } from "./logits.ts";
import type { SharedProgram } from "./programs.ts";
import { cacheSites } from "./resume-from-residual.ts";

export interface SamplingOptions {
  readonly maxTokens: number;
  /** 0 is greedy decoding: always the most probable token. */
  readonly temperature: number;
  /** Nucleus sampling (Holtzman et al. 2020): samples from the smallest set of tokens whose probabilities reach this sum. 1 includes all. */
  readonly topP: number;
  readonly seed: number;
  /** Token ids that end the text. */
  readonly stop: readonly number[];
  readonly edits?: readonly SiteEdit[] | undefined;
  readonly cancelled: () => boolean;
}

export interface GeneratedToken {
  readonly id: number;
  /** The probability in the model's distribution, before temperature and nucleus. */
  readonly probability: number;
  /** The most probable tokens at this position. */
  readonly top: readonly { readonly id: number; readonly probability: number }[];
}

const shownAlternatives = 5;
/** The initial capacity of the cache. It grows by doubling, and each capacity needs one program. */
const smallestCache = 64;

type Floats = Float32Array | Float64Array;

/**
 * Continues a prompt token by token. The prompt runs once; each new token attends to the cached keys and values.
 * Edits without a token axis stay active; edits at tokens of the prompt act through the cache.
 */
export async function* sampleTokens(
  model: LanguageModel,
  prompt: readonly number[],
  options: SamplingOptions,
): AsyncGenerator<GeneratedToken> {
  const { maxTokens, stop, edits = [], cancelled } = options;
  const sites = cacheSites(model);
  const trace = await model.trace(prompt, [...sites.keys, ...sites.values, finalSite(model)], edits);
  let logits = await lastLogits(model, takeRows(trace.get(finalSite(model)), prompt.length - 1, 1));
  const random = new Random(options.seed);
  const cache = new Cache(
    model,
    prompt.length,
    sites.keys.map((site) => trace.get(site)),
    sites.values.map((site) => trace.get(site)),
  );
  const lasting = edits.filter(({ mask, operand }) => mask.shape[0] === 1 && operand.shape[0] === 1);
  for (let made = 0; made < maxTokens; made++) {
    const token = chooseToken(logits, options, random);
    yield token;
    const full = cache.length >= model.decoder.context;
    if (stop.includes(token.id) || made + 1 === maxTokens || full || cancelled()) return;
    logits = await cache.step(token.id, lasting);
  }
}

async function lastLogits(model: LanguageModel, state: Tensor): Promise<Floats> {
  for await (const { logits } of model.unembed(state)) return rowOf(logits as never, 0);
  throw new RangeError("the unembedding gave no row");
}

export function chooseToken(
  logits: Floats,
  { temperature, topP }: Pick<SamplingOptions, "temperature" | "topP">,
  random: Random,
): GeneratedToken {
  const normalizer = logNormalizer(logits);
  const top = topIds(logits, shownAlternatives).map((id) => ({ id, probability: Math.exp(logits[id]! - normalizer) }));
  const id = temperature === 0 ? top[0]!.id : sample(logits, temperature, topP, random);
  return { id, probability: Math.exp(logits[id]! - normalizer), top };
}

function sample(logits: Floats, temperature: number, topP: number, random: Random): number {
  const scaled = Float64Array.from(logits, (value) => value / temperature);
  const normalizer = logNormalizer(scaled);
  const order = Array.from(scaled.keys()).sort((a, b) => scaled[b]! - scaled[a]! || a - b);
  let kept = 0;
  let count = 0;
  while (count < order.length && kept < topP) kept += Math.exp(scaled[order[count++]!]! - normalizer);
  let left = random.uniform() * kept;
  for (let i = 0; i < count; i++) {
    left -= Math.exp(scaled[order[i]!]! - normalizer);
    if (left <= 0) return order[i]!;
  }
  return order[count - 1]!;
}

/** The keys and values of all tokens so far, layer by layer, in buffers with spare capacity. */
class Cache {
  readonly #model: LanguageModel;
  #keys: readonly Tensor[];
  #values: readonly Tensor[];
  #capacity = 0;
  length: number;

  constructor(model: LanguageModel, length: number, keys: readonly Tensor[], values: readonly Tensor[]) {
    this.#model = model;
    this.length = length;
    this.#keys = keys;
    this.#values = values;
    this.#grow();
  }

  /** Runs one more token and returns its logits. */
  async step(id: number, edits: readonly SiteEdit[]): Promise<Floats> {
    if (this.length + 1 > this.#capacity) this.#grow();
    const capacity = this.#capacity;
    const position = this.length;
    const program = await stepProgram(this.#model, capacity, edits);
    const keys = Float64Array.from({ length: capacity }, (_, key) =>
      key < position ? key : key === position ? capacity : 0,
    );
    const bias = Float32Array.from({ length: capacity }, (_, key) => (key <= position ? 0 : -Infinity));
    const feeds = new Map<string, Tensor>([
      [tokensInput, fromFloat64("int64", [1, 1], [id])],
      [packedInputs.places, fromFloat64("int64", [1], [position])],
      [packedInputs.queries, fromFloat64("int64", [1, 1], [0])],
      [packedInputs.keys, fromFloat64("int64", [1, capacity], keys)],
      [packedInputs.back, fromFloat64("int64", [1], [0])],
      [packedInputs.bias, tensor("float32", [1, 1, 1, capacity], bias)],
      ...this.#keys.map((value, layer): [string, Tensor] => [packedInputs.cachedKeys(layer), value]),
      ...this.#values.map((value, layer): [string, Tensor] => [packedInputs.cachedValues(layer), value]),
      ...editFeeds(edits, 1),
    ]);
    const values = await program.run(new Map([...feeds].filter(([name]) => program.inputs.has(name))));
    const [logits, ...cached] = program.outputs.map((name) => values.get(name)!);
    const layers = this.#keys.length;
    cached.forEach(({ data }, i) => {
      const into = (i < layers ? this.#keys[i]! : this.#values[i - layers]!).data as Float32Array;
      into.set(data as Float32Array, position * data.length);
    });
    this.length++;
    return logits!.data as Floats;
  }

  #grow(): void {
    let capacity = Math.max(smallestCache, this.#capacity * 2);
    while (capacity < this.length + 1) capacity *= 2;
    // Learned positions end with the context, and so must the text.
    capacity = Math.max(this.length + 1, Math.min(capacity, this.#model.decoder.context));
    const widened = ({ dtype, shape, data }: Tensor): Tensor => {
      const larger: TypedArray = allocate(dtype, (data.length / shape[0]!) * capacity);
      larger.set(data as never);
      return tensor(dtype, [capacity, ...shape.slice(1)], larger);
    };
    this.#keys = this.#keys.map(widened);
    this.#values = this.#values.map(widened);
    this.#capacity = capacity;
  }
}

function stepProgram(model: LanguageModel, capacity: number, edits: readonly SiteEdit[]): Promise<SharedProgram> {
  const key = JSON.stringify([
    "step",
    capacity,
    edits.map(({ site, kind, mask, operand }) => [site, kind, mask.shape, operand.shape]),
  ]);
  return model.programs.get(key, () => {
    const graph = decoderGraph(
      model.decoder,
      packedTokens({ tokens: 1, rows: 1, queries: 1, keys: capacity, cached: capacity }),
    );
    const edited = edits.length ? patch(graph, graphEdits(graph, edits, 1), coreOperators) : graph;
    const sites = cacheSites(model);
    return tap(edited, [
      edited.outputs[0] ?? logitsOutput,
      ...[...sites.keys, ...sites.values].map((site) => model.site(site, edited).value),
    ]);
  });
}
