import { matrix, type Matrix } from "../../linear-algebra/matrix.ts";
import type { SingularValues } from "../../linear-algebra/singular-values.ts";
import type { LanguageModel } from "../language-model.ts";
import { topIds } from "../logits.ts";
import type { NormGains } from "./head-weights.ts";
import { tokenProducts, vectorLogits, type TokenTable } from "./vocabulary-maps.ts";

export interface TopTokens {
  readonly ids: readonly number[];
  readonly values: readonly number[];
}

/** One singular direction of a head's circuit: the tokens most along what it reads, and those along what that becomes. */
export interface SingularDirection {
  readonly sigma: number;
  readonly reads: TopTokens;
  readonly writes: TopTokens;
}

interface Options {
  readonly reads: TokenTable;
  readonly writes: TokenTable;
  readonly gains: NormGains;
  /** The number of directions, from the largest singular value on. */
  readonly count: number;
  readonly top: number;
  readonly cancelled: () => boolean;
}

/**
 * The largest singular directions over the vocabulary (Millidge, Black 2022). A direction's sign is arbitrary: it is chosen
 * so that the largest logit in size that is written is positive.
 */
export async function singularDirections(
  model: LanguageModel,
  { u, sigma, v }: SingularValues,
  { reads, writes, gains, count, top, cancelled }: Options,
): Promise<readonly SingularDirection[]> {
  const some = Math.min(count, sigma.length);
  const tokens = async (table: TokenTable, directions: Matrix): Promise<readonly Float64Array[]> => {
    const vectors = firstColumns(directions, some);
    return table === "unembedding"
      ? vectorLogits(model, vectors, gains, cancelled)
      : tokenProducts(model, table, vectors, cancelled);
  };
  const written = await tokens(writes, v);
  const source = await tokens(reads, u);
  return written.map((values, i) => {
    const largest = values.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
    const sign = largest < 0 ? -1 : 1;
    return { sigma: sigma[i]!, writes: topTokens(values, sign, top), reads: topTokens(source[i]!, sign, top) };
  });
}

function topTokens(values: Float64Array, sign: number, top: number): TopTokens {
  const signed = values.map((value) => sign * value);
  const ids = topIds(signed, Math.min(top, signed.length));
  return { ids, values: ids.map((id) => signed[id]!) };
}

function firstColumns({ rows, columns, data }: Matrix, count: number): Matrix {
  const out = matrix(rows, count);
  for (let row = 0; row < rows; row++) out.data.set(data.subarray(row * columns, row * columns + count), row * count);
  return out;
}
