import { packedInputs, packedTokens, wholePrompts, type Packing } from "../../architectures/sequence.ts";
import { Builder } from "../../graph/builder.ts";
import type { Graph } from "../../graph/graph.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { cut } from "../../graph/transform/cut.ts";
import { tap } from "../../graph/transform/tap.ts";
import { allocate } from "../../tensor/dtype.ts";
import { portions } from "../../tensor/portions.ts";
import { fromFloat64, tensor, type Tensor } from "../../tensor/tensor.ts";
import type { LanguageModel, Trace } from "./language-model.ts";
import type { SharedProgram } from "./programs.ts";

const residualInput = "residual";
/** The maximum number of tokens in one run of a program: enough for matrix products at full speed. */
const packedTokensAtMost = 640;
const packingStep = 32;

/** Where a changed residual stream enters: before the attention or the MLP of a layer. The layer after the last means the end of the model. */
export type Entry = { readonly layer: number; readonly half: "attention" | "mlp" };

/** The elements of a residual stream from some token on: [token, feature]. */
export type State = Float32Array | Float64Array;

/** One changed run. Before token `start`, and before its entry, it equals the base run. */
export interface Row {
  readonly entry: Entry;
  readonly start: number;
  /** Creates its residual stream from `start` on. It is called when the row enters: the streams of all rows of a long prompt would fill gigabytes. */
  readonly enter: () => State;
}

/** The data that the rows share: the base run's keys and values, to which all later changed tokens attend. */
export interface Base {
  readonly trace: Trace;
  readonly length: number;
  readonly keys: readonly Tensor[];
  readonly values: readonly Tensor[];
}

/** The sites that a base run must have traced. Keys are cached as attention reads them: after rotation, if the model has rotary embeddings. */
export function cacheSites(model: LanguageModel): {
  readonly keys: readonly string[];
  readonly values: readonly string[];
} {
  const rotary = model.sites.some(({ name }) => name === "blocks.0.attn.hook_rot_k");
  const layers = Array.from({ length: model.decoder.layers }, (_, layer) => `blocks.${layer}.attn`);
  return {
    keys: layers.map((at) => `${at}.hook_${rotary ? "rot_k" : "k"}`),
    values: layers.map((at) => `${at}.hook_v`),
  };
}

export function baseOf(model: LanguageModel, trace: Trace): Base {
  const sites = cacheSites(model);
  return { trace, length: trace.tokens.length, keys: sites.keys.map(trace.get), values: sites.values.map(trace.get) };
}

/**
 * Runs changed residual streams to the end of the model, block after block. Rows join where they enter, and each half of a
 * block processes all active rows at once, packed token by token. Only the tokens from each row's first changed one are
 * computed; they attend to the base run's keys and values. In the last block, only the token that is read passes through
 * the MLP. Returns the final residual state at token `read`, which is at or after each row's start: [row, feature]; or
 * `undefined` if cancelled.
 */
export async function resumeFromResidual(
  model: LanguageModel,
  base: Base,
  rows: readonly Row[],
  read: number,
  cancelled: () => boolean = () => false,
): Promise<Tensor | undefined> {
  const { layers, width } = model.decoder;
  const out = tensor(model.dtype, [rows.length, width], allocate(model.dtype, rows.length * width));
  const end = (row: number, state: State, at: number): void =>
    (out.data as Float32Array).set(state.subarray(at * width, (at + 1) * width) as Float32Array, row * width);
  const under: ActiveRow[] = [];
  const join = (layer: number, half: Entry["half"]): void =>
    rows.forEach(({ entry, start, enter }, row) => {
      if (entry.layer === layer && entry.half === half) under.push({ row, start, state: enter() });
    });
  for (let layer = Math.min(...rows.map(({ entry }) => entry.layer)); layer < layers; layer++) {
    if (cancelled()) return undefined;
    join(layer, "attention");
    const cache: readonly [string, Tensor][] = [
      [packedInputs.cachedKeys(layer), base.keys[layer]!],
      [packedInputs.cachedValues(layer), base.values[layer]!],
    ];
    await runHalf(model, base.length, under, (packing) => attentionProgram(model, layer, packing), cache);
    join(layer, "mlp");
    if (layer < layers - 1) {
      await runHalf(model, base.length, under, ({ tokens }) => mlpProgram(model, layer, tokens));
      continue;
    }
    const last = under.map(({ start, state, ...rest }): ActiveRow => ({
      ...rest,
      start: base.length - 1,
      state: state.slice((read - start) * width, (read - start + 1) * width),
    }));
    await runHalf(model, base.length, last, ({ tokens }) => mlpProgram(model, layer, tokens));
    for (const { row, state } of last) end(row, state, 0);
  }
  rows.forEach(({ entry, start, enter }, row) => {
    if (entry.layer === layers) end(row, enter(), read - start);
  });
  return out;
}

/** A row that has entered. Its state changes with each half of a block. */
interface ActiveRow {
  /** Its index among all rows. */
  readonly row: number;
  readonly start: number;
  state: State;
}

/** Runs one half of a block on all active rows, in as few runs of one program as its capacity allows. */
async function runHalf(
  model: LanguageModel,
  length: number,
  under: readonly ActiveRow[],
  programOf: (packing: Packing) => Promise<SharedProgram>,
  cache: readonly [string, Tensor][] = [],
): Promise<void> {
  if (under.length === 0) return;
  const { width } = model.decoder;
  const { packing, parts } = packingFor(under, length);
  const program = await programOf(packing);
  for (const part of parts) {
    const { state, indices } = pack(model, length, part, packing);
    const fed = new Map([...indices, ...cache].filter(([name]) => program.inputs.has(name)));
    const residual = [...program.inputs.keys()].find((name) => !fed.has(name))!;
    const data = (await program.run(fed.set(residual, state))).get(program.outputs[0]!)!.data as Float32Array;
    let at = 0;
    for (const row of part) {
      row.state = data.subarray(at, at + row.state.length);
      at += (length - row.start) * width;
    }
  }
}

/**
 * Divides the rows into parts of about equal size, none above the capacity of one program. The capacity is that of the
 * largest part, rounded up in steps, so that similar computations share their programs.
 */
function packingFor(
  rows: readonly ActiveRow[],
  length: number,
): { readonly packing: Packing; readonly parts: readonly (readonly ActiveRow[])[] } {
  const counts = rows.map(({ start }) => length - start);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const shares = Math.ceil(total / packedTokensAtMost);
  // A part ends before the row that does not fit, so the capacity of one share plus the longest row causes no additional part.
  const room = shares === 1 ? total : Math.ceil(total / shares) + Math.max(...counts) - 1;
  const tokens = Math.ceil(room / packingStep) * packingStep;
  const parts = portions(rows, tokens, ({ start }) => length - start);
  return {
    packing: {
      tokens,
      rows: Math.max(...parts.map((part) => part.length)),
      queries: length,
      keys: length,
      cached: length,
    },
    parts,
  };
}

/** Concatenates the rows and builds the indices by which attention finds their tokens; unused entries point to the first token. */
function pack(model: LanguageModel, length: number, rows: readonly ActiveRow[], packing: Packing) {
  const { width } = model.decoder;
  const state = tensor(model.dtype, [1, packing.tokens, width], allocate(model.dtype, packing.tokens * width));
  const positions = new Float64Array(packing.tokens);
  const queries = new Float64Array(packing.rows * packing.queries);
  const keys = new Float64Array(packing.rows * packing.keys);
  const back = new Float64Array(packing.tokens);
  const bias = new Float32Array(packing.rows * packing.queries * packing.keys);
  let at = 0;
  for (let row = 0; row < packing.rows; row++) {
    const given = rows[row];
    const start = given?.start ?? length;
    if (given) (state.data as Float32Array).set(given.state as Float32Array, at * width);
    for (let token = 0; token < length; token++) {
      const own = token >= start ? at + token - start : -1;
      keys[row * packing.keys + token] = own < 0 ? token : packing.cached + own;
      if (own < 0) continue;
      positions[own] = token;
      queries[row * packing.queries + token] = own;
      back[own] = row * packing.queries + token;
    }
    if (given) at += length - start;
    for (let query = 0; query < packing.queries; query++)
      bias.fill(
        -Infinity,
        (row * packing.queries + query) * packing.keys + query + 1,
        (row * packing.queries + query + 1) * packing.keys,
      );
  }
  const indices: [string, Tensor][] = [
    [packedInputs.places, fromFloat64("int64", [packing.tokens], positions)],
    [packedInputs.queries, fromFloat64("int64", [packing.rows, packing.queries], queries)],
    [packedInputs.keys, fromFloat64("int64", [packing.rows, packing.keys], keys)],
    [packedInputs.back, fromFloat64("int64", [packing.tokens], back)],
    [packedInputs.bias, tensor("float32", [packing.rows, 1, packing.queries, packing.keys], bias)],
  ];
  return { state, indices };
}

/** The first half of a block on packed tokens, to `resid_mid`. */
function attentionProgram(model: LanguageModel, layer: number, packing: Packing): Promise<SharedProgram> {
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

/** The second half of a block. It processes each token independently, so any tokens can be batched. */
function mlpProgram(model: LanguageModel, layer: number, tokens: number): Promise<SharedProgram> {
  return model.programs.get(JSON.stringify(["mlp", layer, tokens]), () => {
    const b = new Builder(coreOperators);
    const x = b.input(residualInput, { dtype: "float32", shape: [1, tokens, model.decoder.width] });
    const graph = b.finish([model.decoder.block({ b, sequence: wholePrompts(1, tokens) }, layer, x)]);
    return cut(graph, [model.site(`blocks.${layer}.hook_resid_mid`, graph).value], graph.outputs, coreOperators);
  });
}
