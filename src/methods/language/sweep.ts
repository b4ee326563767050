import { packedInputs, packedTokens, wholePrompts, type Packing } from "../../architectures/sequence.ts";
import { Builder } from "../../graph/builder.ts";
import type { Graph } from "../../graph/graph.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { cut } from "../../graph/transform/cut.ts";
import { tap } from "../../graph/transform/tap.ts";
import type { Program } from "../../runtime/runtime.ts";
import { allocate } from "../../tensor/dtype.ts";
import { fromFloat64, tensor, type Tensor } from "../../tensor/tensor.ts";
import type { LanguageModel, Trace } from "./language-model.ts";

const residualInput = "residual";
/** Tokens that one program computes at once: enough that a matrix product runs at full speed. */
const packedTokensAtMost = 640;
const packingStep = 32;

/** Where a changed residual stream enters a block: before attention, or between attention and MLP. */
export type Entry = { readonly layer: number; readonly half: "attention" | "mlp" };

/** One changed run: its residual stream from token `start` on, [token − start, feature]. Before `start` it is the base run's. */
export interface Row {
  readonly start: number;
  readonly state: Float32Array | Float64Array;
}

/** What the rows share: the base run's keys and values, read by every changed token after them. */
export interface Base {
  readonly trace: Trace;
  readonly length: number;
  readonly keys: readonly Tensor[];
  readonly values: readonly Tensor[];
}

/** Sites that a base run must have kept. Keys are cached as attention reads them: after rotation, where there is one. */
export function cacheSites(model: LanguageModel): { readonly keys: readonly string[]; readonly values: readonly string[] } {
  const rotary = model.sites.some(({ name }) => name === "blocks.0.attn.hook_rot_k");
  const layers = Array.from({ length: model.decoder.layers }, (_, layer) => `blocks.${layer}.attn`);
  return { keys: layers.map((at) => `${at}.hook_${rotary ? "rot_k" : "k"}`), values: layers.map((at) => `${at}.hook_v`) };
}

export function baseOf(model: LanguageModel, trace: Trace): Base {
  const sites = cacheSites(model);
  return { trace, length: trace.tokens.length, keys: sites.keys.map(trace.get), values: sites.values.map(trace.get) };
}

/**
 * Runs changed residual streams to the end of the model: rows packed token by token, block after block, with only the
 * tokens from each row's first changed one, over the base run's keys and values. In the last block only the tokens that
 * are read go through the MLP. Gives the final residual state at token `read`: [row, feature].
 */
export async function continueRows(model: LanguageModel, base: Base, entry: Entry, rows: readonly Row[], read: number): Promise<Tensor> {
  const { layers, width } = model.decoder;
  const out = tensor(model.dtype, [rows.length, width], allocate(model.dtype, rows.length * width));
  const packing = packingFor(rows, base.length);
  let from = 0;
  while (from < rows.length) {
    const taken = fitting(rows, from, base.length, packing);
    const packed = pack(model, base.length, rows.slice(from, from + taken), packing);
    let state = packed.state;
    for (let layer = entry.layer; layer < layers; layer++) {
      const skipAttention = layer === entry.layer && entry.half === "mlp";
      const last = layer === layers - 1;
      if (!skipAttention) {
        const cache: [string, Tensor][] = [[packedInputs.cachedKeys(layer), base.keys[layer]!], [packedInputs.cachedValues(layer), base.values[layer]!]];
        const feeds = new Map<string, Tensor>([...packed.indices, ...cache]);
        state = await runBlock(await attentionProgram(model, layer, packing), feeds, state);
      }
      if (last) {
        const readTokens = packed.readTokens(read);
        const chosen = readTokens.map((token) => (token < 0 ? 0 : token));
        const compact = gatherRows(state, chosen, packing.rows, width);
        const ended = await runBlock(await mlpProgram(model, layer, packing.rows), new Map(), compact);
        const unchanged = base.trace.get(`blocks.${layers - 1}.hook_resid_post`).data as Float32Array;
        readTokens.forEach((token, row) => {
          // A row that changes only what comes after the token that is read leaves it as it was.
          const [source, at] = token < 0 ? [unchanged, read] : [ended.data as Float32Array, row];
          (out.data as Float32Array).set(source.subarray(at * width, (at + 1) * width), (from + row) * width);
        });
      } else {
        state = await runBlock(await mlpProgram(model, layer, packing.tokens), new Map(), state);
      }
    }
    from += taken;
  }
  return out;
}

async function runBlock(program: Program, feeds: ReadonlyMap<string, Tensor>, state: Tensor): Promise<Tensor> {
  const fed = new Map([...feeds].filter(([name]) => program.inputs.has(name)));
  const [residual] = [...program.inputs.keys()].filter((name) => !fed.has(name));
  fed.set(residual!, state);
  return (await program.run(fed)).get(program.outputs[0]!)!;
}

/**
 * Room for the rows, in steps, so that the layers of a sweep and sweeps alike share their programs. More rows than fit
 * at once take turns; rows that start anywhere are half as long as the prompt on average.
 */
function packingFor(rows: readonly Row[], length: number): Packing {
  const total = rows.reduce((sum, { start }) => sum + length - start, 0);
  const tokens = Math.max(length, Math.min(Math.ceil(total / packingStep) * packingStep, packedTokensAtMost));
  const together = total <= tokens ? rows.length : Math.min(rows.length, Math.ceil((2 * tokens) / length));
  return { tokens, rows: together, queries: length, keys: length, cached: length };
}

function fitting(rows: readonly Row[], from: number, length: number, packing: Packing): number {
  let count = 0;
  for (let tokens = 0; from + count < rows.length && count < packing.rows; count++) {
    tokens += length - rows[from + count]!.start;
    if (tokens > packing.tokens) break;
  }
  return count;
}

/** Rows one after another, and the indices by which attention finds their tokens; unused places point at the first token. */
function pack(model: LanguageModel, length: number, rows: readonly Row[], packing: Packing) {
  const { width } = model.decoder;
  const state = tensor(model.dtype, [1, packing.tokens, width], allocate(model.dtype, packing.tokens * width));
  const places = new Float64Array(packing.tokens);
  const queries = new Float64Array(packing.rows * packing.queries);
  const keys = new Float64Array(packing.rows * packing.keys);
  const back = new Float64Array(packing.tokens);
  const bias = new Float32Array(packing.rows * packing.queries * packing.keys);
  const offsets: number[] = [];
  let at = 0;
  for (let row = 0; row < packing.rows; row++) {
    const given = rows[row];
    const start = given?.start ?? length;
    offsets.push(at);
    if (given) (state.data as Float32Array).set(given.state as Float32Array, at * width);
    for (let token = 0; token < length; token++) {
      const own = token >= start ? at + token - start : -1;
      keys[row * packing.keys + token] = own < 0 ? token : packing.cached + own;
      if (own < 0) continue;
      places[own] = token;
      queries[row * packing.queries + token] = own;
      back[own] = row * packing.queries + token;
    }
    if (given) at += length - start;
    for (let query = 0; query < packing.queries; query++) bias.fill(-Infinity, (row * packing.queries + query) * packing.keys + query + 1, (row * packing.queries + query + 1) * packing.keys);
  }
  const indices: [string, Tensor][] = [
    [packedInputs.places, fromFloat64("int64", [packing.tokens], places)],
    [packedInputs.queries, fromFloat64("int64", [packing.rows, packing.queries], queries)],
    [packedInputs.keys, fromFloat64("int64", [packing.rows, packing.keys], keys)],
    [packedInputs.back, fromFloat64("int64", [packing.tokens], back)],
    [packedInputs.bias, tensor("float32", [packing.rows, 1, packing.queries, packing.keys], bias)],
  ];
  /** Where each row's token lies among the packed ones; −1 if it is not there. */
  const readTokens = (read: number): number[] => rows.map(({ start }, row) => (read < start ? -1 : offsets[row]! + read - start));
  return { state, indices, readTokens };
}

function gatherRows(state: Tensor, rows: readonly number[], count: number, width: number): Tensor {
  const out = tensor(state.dtype, [1, count, width], allocate(state.dtype, count * width));
  rows.forEach((row, i) => (out.data as Float32Array).set((state.data as Float32Array).subarray(row * width, (row + 1) * width), i * width));
  return out;
}

/** The first half of a block on packed tokens, to `resid_mid`. */
function attentionProgram(model: LanguageModel, layer: number, packing: Packing): Promise<Program> {
  return model.programs.get(JSON.stringify(["attention", layer, packing]), () => {
    const graph = blockGraph(model, layer, packing);
    return tap(graph, [model.site(`blocks.${layer}.hook_resid_mid`, graph).value]);
  });
}

function blockGraph(model: LanguageModel, layer: number, packing: Packing): Graph {
  const b = new Builder(coreOperators);
  const x = b.input(residualInput, { dtype: "float32", shape: [1, packing.tokens, model.decoder.width] });
  return b.finish([model.decoder.block({ b, sequence: packedTokens(packing) }, layer, x)]);
}

/** The second half of a block, which looks at each token alone: any tokens side by side. */
function mlpProgram(model: LanguageModel, layer: number, tokens: number): Promise<Program> {
  return model.programs.get(JSON.stringify(["mlp", layer, tokens]), () => {
    const b = new Builder(coreOperators);
    const x = b.input(residualInput, { dtype: "float32", shape: [1, tokens, model.decoder.width] });
    const graph = b.finish([model.decoder.block({ b, sequence: wholePrompts(1, tokens) }, layer, x)]);
    return cut(graph, [model.site(`blocks.${layer}.hook_resid_mid`, graph).value], graph.outputs, coreOperators);
  });
}
