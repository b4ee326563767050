import { Builder } from "../../../graph/builder.ts";
import type { Graph } from "../../../graph/graph.ts";
import { coreOperators } from "../../../graph/ops/table.ts";
import { Random } from "../../../tensor/random.ts";
import { fromFloat64, toFloat64, type Tensor } from "../../../tensor/tensor.ts";
import { frobenius, matrix, multiply, transpose, type Matrix } from "../../linear-algebra/matrix.ts";
import { triangle } from "../../linear-algebra/qr.ts";
import type { LanguageModel } from "../language-model.ts";
import type { LayerWeights } from "./head-weights.ts";

/** What of the later head reads the earlier head's output. */
export type CompositionKind = "Q" | "K" | "V";

/**
 * ‖W_OV·M‖ = ‖left·right‖ with left [headWidth, width] and right [width, headWidth], because a product with orthonormal
 * columns outside keeps the norm. W_OV = W_V·W_O of the earlier head.
 */
export const writingFactor = (v: Matrix, o: Matrix): Matrix => multiply(triangle(v), o);

/** Of the later head: M = W_QK = W_Q·W_Kᵀ for Q, its transpose for K, W_OV for V. */
export function readingFactor(kind: CompositionKind, { q, k, v, o }: HeadMatrices): Matrix {
  switch (kind) {
    case "Q":
      return multiply(q, transpose(triangle(k)));
    case "K":
      return multiply(k, transpose(triangle(q)));
    case "V":
      return multiply(v, transpose(triangle(transpose(o))));
  }
}

export interface HeadMatrices {
  readonly q: Matrix;
  readonly k: Matrix;
  readonly v: Matrix;
  readonly o: Matrix;
}

export const headMatrices = ({ q, k, v, o }: LayerWeights, head: number): HeadMatrices => ({
  q: q[head]!,
  k: k[head]!,
  v: v[head]!,
  o: o[head]!,
});

/** A layer's factors side by side, with their norms. */
export interface LayerFactors {
  readonly joined: Tensor;
  readonly norms: readonly number[];
}

/** Factors [headWidth, width] of each head, one below the other. */
export const joinedWriting = (model: LanguageModel, factors: readonly Matrix[]): LayerFactors => joined(model, factors);

/** Factors [width, headWidth] of each head, each transposed, one below the other. */
export const joinedReading = (model: LanguageModel, factors: readonly Matrix[]): LayerFactors =>
  joined(model, factors.map(transpose));

function joined({ dtype }: LanguageModel, factors: readonly Matrix[]): LayerFactors {
  const [{ rows, columns }] = factors as [Matrix];
  const values = new Float64Array(factors.length * rows * columns);
  factors.forEach(({ data }, i) => values.set(data, i * rows * columns));
  return { joined: fromFloat64(dtype, [factors.length, rows, columns], values), norms: factors.map(frobenius) };
}

/**
 * Composition scores (Elhage et al. 2021) of all pairs of heads of two layers, [earlier head][later head]:
 * ‖W_OV·M‖_F / (‖W_OV‖_F·‖M‖_F), from 0 to 1. All pairs are one product of the model's runtime.
 */
export async function compositionScores(
  model: LanguageModel,
  earlier: LayerFactors,
  later: LayerFactors,
): Promise<readonly (readonly number[])[]> {
  const program = await model.programs.get(
    `composition ${earlier.joined.shape.join(" ")} ${later.joined.shape.join(" ")}`,
    () => normsGraph(earlier.joined.shape as Extents, later.joined.shape as Extents),
  );
  const values = await program.run(
    new Map([
      [writingInput, earlier.joined],
      [readingInput, later.joined],
    ]),
  );
  const squares = toFloat64(values.get(program.outputs[0]!)!);
  return earlier.norms.map((one, i) =>
    later.norms.map((other, j) => scoreOf(squares[i * later.norms.length + j]!, one, other)),
  );
}

/** 0 where a head's matrix is zero. */
const scoreOf = (square: number, one: number, other: number): number =>
  one === 0 || other === 0 ? 0 : Math.sqrt(square) / one / other;

type Extents = readonly [heads: number, rows: number, width: number];
const [writingInput, readingInput] = ["writing", "reading"];

/** The squared norms of every product of two heads. */
function normsGraph([heads, rows, width]: Extents, [laterHeads, laterRows]: Extents): Graph {
  const b = new Builder(coreOperators);
  const writing = b.reshape(b.input(writingInput, { dtype: "float32", shape: [heads, rows, width] }), [
    heads * rows,
    width,
  ]);
  const reading = b.reshape(b.input(readingInput, { dtype: "float32", shape: [laterHeads, laterRows, width] }), [
    laterHeads * laterRows,
    width,
  ]);
  const products = b.reshape(b.matmul(writing, b.transpose(reading, [1, 0])), [heads, rows, laterHeads, laterRows]);
  return b.finish([b.sum(b.mul(products, products), [1, 3])]);
}

/** The composition score between heads of normally distributed matrices of these shapes, by seed: mean and deviation. */
export function randomLevel(
  kind: CompositionKind,
  { width, headWidth }: { readonly width: number; readonly headWidth: number },
  draws: number,
  seed: number,
): { readonly mean: number; readonly deviation: number } {
  const random = new Random(seed);
  const normal = (rows: number, columns: number): Matrix =>
    matrix(
      rows,
      columns,
      Float64Array.from({ length: rows * columns }, () => random.normal()),
    );
  const head = (): HeadMatrices => ({
    q: normal(width, headWidth),
    k: normal(width, headWidth),
    v: normal(width, headWidth),
    o: normal(headWidth, width),
  });
  const scores = Array.from({ length: draws }, () => {
    const [{ v, o }, later] = [head(), head()];
    const [left, right] = [writingFactor(v, o), readingFactor(kind, later)];
    return frobenius(multiply(left, right)) / (frobenius(left) * frobenius(right));
  });
  const mean = scores.reduce((sum, score) => sum + score, 0) / draws;
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / Math.max(1, draws - 1);
  return { mean, deviation: Math.sqrt(variance) };
}
