import { Builder } from "../../../graph/builder.ts";
import { coreOperators } from "../../../graph/ops/table.ts";
import { fromFloat64, toFloat64 } from "../../../tensor/tensor.ts";
import { eigenvalues, type Complex } from "../../linear-algebra/eigenvalues.ts";
import { matrix, multiply, transpose, type Matrix } from "../../linear-algebra/matrix.ts";
import { triangle } from "../../linear-algebra/qr.ts";
import { singularValues } from "../../linear-algebra/singular-values.ts";
import type { LanguageModel } from "../language-model.ts";
import type { LayerWeights, NormGains } from "./head-weights.ts";
import { finalGain, vocabularyProduct, vocabularySum } from "./vocabulary-maps.ts";

/** W_Uᵀ·W_E and W_Eᵀ·W_E over the vocabulary, each [width, width]. */
export interface VocabularyProducts {
  readonly written: Matrix;
  readonly matched: Matrix;
}

/** Folded, W_U has the final norm's gain and no mean over the vocabulary: adding the same to all logits says nothing. */
export async function vocabularyProducts(
  model: LanguageModel,
  gains: NormGains,
  cancelled: () => boolean,
): Promise<VocabularyProducts> {
  const written = await vocabularyProduct(model, "unembedding", "embedding", cancelled);
  const matched = await vocabularyProduct(model, "embedding", "embedding", cancelled);
  if (gains === "raw") return { written, matched };
  const gain = await finalGain(model);
  const unembedded = await vocabularySum(model, "unembedding", cancelled);
  const embedded = await vocabularySum(model, "embedding", cancelled);
  const { width, vocabulary } = model.decoder;
  const folded = written.data.map((value, i) => {
    const [row, column] = [Math.floor(i / width), i % width];
    return gain[row]! * (value - (unembedded[row]! * embedded[column]!) / vocabulary);
  });
  return { written: matrix(width, width, folded), matched };
}

/** The spectra of one head's OV circuit (what it writes of what it reads) and QK circuit (what it matches). */
export interface HeadSpectra {
  /** The singular values of W_V·W_O and of W_Q·W_Kᵀ, falling. */
  readonly ov: Float64Array;
  readonly qk: Float64Array;
  /** Of W_V·W_O. */
  readonly ovEigenvalues: readonly Complex[];
  /** The nonzero ones of W_E·W_V·W_O·W_Uᵀ, [vocabulary, vocabulary]. */
  readonly fullOvEigenvalues: readonly Complex[];
  /** The nonzero ones of W_E·W_Q·W_Kᵀ·W_Eᵀ. */
  readonly fullQkEigenvalues: readonly Complex[];
}

/** The spectra of a layer's heads. Nonzero eigenvalues of A·B are those of B·A, so each comes from a matrix of the head's width. */
export async function layerSpectra(
  model: LanguageModel,
  { q, k, v, o }: LayerWeights,
  { written, matched }: VocabularyProducts,
): Promise<readonly HeadSpectra[]> {
  const values = await productsWith(model, written, v);
  const queries = await productsWith(model, matched, q);
  return o.map((output, head) => ({
    ov: singularValues(multiply(triangle(v[head]!), transpose(triangle(transpose(output))))).sigma,
    qk: singularValues(multiply(triangle(q[head]!), transpose(triangle(k[head]!)))).sigma,
    ovEigenvalues: eigenvalues(multiply(output, v[head]!)),
    fullOvEigenvalues: eigenvalues(multiply(output, values[head]!)),
    fullQkEigenvalues: eigenvalues(multiply(transpose(k[head]!), queries[head]!)),
  }));
}

/** `left`·M for each of some matrices, through the model's runtime; equal matrices are multiplied once. */
async function productsWith(
  model: LanguageModel,
  left: Matrix,
  matrices: readonly Matrix[],
): Promise<readonly Matrix[]> {
  const [{ rows, columns }] = matrices as [Matrix];
  const program = await model.programs.get(`product ${rows} ${columns}`, () => {
    const b = new Builder(coreOperators);
    const one = b.input("left", { dtype: "float32", shape: [rows, rows] });
    return b.finish([b.matmul(one, b.input("right", { dtype: "float32", shape: [rows, columns] }))]);
  });
  const given = fromFloat64(model.dtype, [rows, rows], left.data);
  const made = new Map<Matrix, Matrix>();
  for (const each of new Set(matrices)) {
    const right = fromFloat64(model.dtype, [rows, columns], each.data);
    const feeds = new Map([
      ["left", given],
      ["right", right],
    ]);
    made.set(each, matrix(rows, columns, toFloat64((await program.run(feeds)).get(program.outputs[0]!)!)));
  }
  return matrices.map((each) => made.get(each)!);
}
