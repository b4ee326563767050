import { wholePrompts } from "../../../architectures/sequence.ts";
import { rowsOf } from "../../../architectures/layers/parameters.ts";
import { Builder, type Value } from "../../../graph/builder.ts";
import { coreOperators } from "../../../graph/ops/table.ts";
import { cut } from "../../../graph/transform/cut.ts";
import { prune } from "../../../graph/prune.ts";
import { fromFloat64, toFloat64 } from "../../../tensor/tensor.ts";
import { matrix, type Matrix } from "../../linear-algebra/matrix.ts";
import type { LanguageModel } from "../language-model.ts";
import type { NormGains } from "./head-weights.ts";

/** A table with one row of the residual stream's width for each token: W_E or W_U. */
export type TokenTable = "embedding" | "unembedding";

const idsInput = "words";
const vectorsInput = "vectors";
/** The tokens whose rows are multiplied at once. */
const chunk = 4096;

/**
 * Σ over the vocabulary of left_tᵀ·right_t, [width, width]: with W_U and W_E it stands for the vocabulary in W_E·M·W_U, whose
 * nonzero eigenvalues are those of a matrix of a head's width.
 */
export async function vocabularyProduct(
  model: LanguageModel,
  left: TokenTable,
  right: TokenTable,
  cancelled: () => boolean,
): Promise<Matrix> {
  const { width } = model.decoder;
  const sum = matrix(width, width);
  for await (const { values } of overVocabulary(model, `product ${left} ${right}`, cancelled, (b, ids) =>
    b.matmul(b.transpose(tableRows(model, b, left, ids), [1, 0]), tableRows(model, b, right, ids)),
  ))
    for (let i = 0; i < values.length; i++) sum.data[i] = sum.data[i]! + values[i]!;
  return sum;
}

/** The sum of all tokens' rows, [width]. */
export async function vocabularySum(
  model: LanguageModel,
  table: TokenTable,
  cancelled: () => boolean,
): Promise<Float64Array> {
  const sum = new Float64Array(model.decoder.width);
  for await (const { values } of overVocabulary(model, `sum ${table}`, cancelled, (b, ids) =>
    b.sum(tableRows(model, b, table, ids), [0]),
  ))
    for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + values[i]!;
  return sum;
}

/** The product of every token's row with each vector: [vector][token id]. @param vectors [width, count], as columns */
export async function tokenProducts(
  model: LanguageModel,
  table: TokenTable,
  vectors: Matrix,
  cancelled: () => boolean,
): Promise<readonly Float64Array[]> {
  const out = Array.from({ length: vectors.columns }, () => new Float64Array(model.decoder.vocabulary));
  const given = fromFloat64(model.dtype, [vectors.rows, vectors.columns], vectors.data);
  const products = overVocabulary(
    model,
    `tokens ${table} ${vectors.columns}`,
    cancelled,
    (b, ids) =>
      b.matmul(
        tableRows(model, b, table, ids),
        b.input(vectorsInput, { dtype: "float32", shape: [vectors.rows, vectors.columns] }),
      ),
    new Map([[vectorsInput, given]]),
  );
  for await (const { from, values } of products)
    for (let i = 0; i < values.length; i++)
      out[i % vectors.columns]![from + Math.floor(i / vectors.columns)] = values[i]!;
  return out;
}

/** The rows of some tokens, [token, width]. */
export async function tableOf(model: LanguageModel, table: TokenTable, ids: readonly number[]): Promise<Matrix> {
  const program = await model.programs.get(`rows ${table} ${ids.length}`, () => {
    const b = new Builder(coreOperators);
    return prune(b.finish([tableRows(model, b, table, b.input(idsInput, { dtype: "int64", shape: [ids.length] }))]), {
      dropInputs: true,
    });
  });
  const values = await program.run(new Map([[idsInput, fromFloat64("int64", [ids.length], [...ids])]]));
  return matrix(ids.length, model.decoder.width, toFloat64(values.get(program.outputs[0]!)!));
}

/** The gain of the final norm, [width]; ones if the model has no such norm. */
export async function finalGain(model: LanguageModel): Promise<Float64Array> {
  const { width } = model.decoder;
  if (!model.sites.some(({ name }) => name === "ln_final.hook_normalized")) return new Float64Array(width).fill(1);
  const program = await model.programs.get("final gain", () => {
    const b = new Builder(coreOperators);
    const x = b.input("residual", { dtype: "float32", shape: [1, 2, width] });
    const graph = b.finish([model.decoder.finalNorm({ b, sequence: wholePrompts(1, 2) }, x)]);
    return cut(graph, [model.site("ln_final.hook_normalized", graph).value], graph.outputs, coreOperators);
  });
  const [input] = program.inputs.keys();
  const rows = Float64Array.from({ length: 2 * width }, (_, i) => Number(i < width));
  const values = await program.run(new Map([[input!, fromFloat64("float32", [1, 2, width], rows)]]));
  const affine = toFloat64(values.get(program.outputs[0]!)!);
  return Float64Array.from({ length: width }, (_, i) => affine[i]! - affine[width + i]!);
}

/**
 * The logits that vectors of the final stream add, [vector][token id]; folded, with the final norm's gain and without the
 * mean over the vocabulary, which no probability depends on. @param vectors [width, count], as columns
 */
export async function vectorLogits(
  model: LanguageModel,
  vectors: Matrix,
  gains: NormGains,
  cancelled: () => boolean,
): Promise<readonly Float64Array[]> {
  if (gains === "raw") return tokenProducts(model, "unembedding", vectors, cancelled);
  const gain = await finalGain(model);
  const read = matrix(
    vectors.rows,
    vectors.columns,
    vectors.data.map((value, i) => value * gain[Math.floor(i / vectors.columns)]!),
  );
  const logits = await tokenProducts(model, "unembedding", read, cancelled);
  return logits.map((row) => {
    const mean = row.reduce((sum, logit) => sum + logit, 0) / row.length;
    return row.map((logit) => logit - mean);
  });
}

/** Embeddings as the model adds them to the stream, so a scale is part of them; positions are not. */
function tableRows(model: LanguageModel, b: Builder, table: TokenTable, ids: Value): Value {
  const count = ids.shape[0]!;
  const c = { b, sequence: wholePrompts(count, 1) };
  if (table === "unembedding") return rowsOf(c, model.decoder.unembedding(c).weight, ids);
  model.decoder.embed(c, b.reshape(ids, [count, 1]));
  const { value } = model.site("hook_embed", b.finish([]));
  return b.reshape(b.value(value), [count, model.decoder.width]);
}

async function* overVocabulary(
  model: LanguageModel,
  key: string,
  cancelled: () => boolean,
  build: (b: Builder, ids: Value) => Value,
  feeds: ReadonlyMap<string, ReturnType<typeof fromFloat64>> = new Map(),
): AsyncGenerator<{ readonly from: number; readonly values: Float64Array }> {
  const { vocabulary } = model.decoder;
  for (let from = 0; from < vocabulary && !cancelled(); from += chunk) {
    const count = Math.min(chunk, vocabulary - from);
    const program = await model.programs.get(`${key} of ${count}`, () => {
      const b = new Builder(coreOperators);
      return prune(b.finish([build(b, b.input(idsInput, { dtype: "int64", shape: [count] }))]), { dropInputs: true });
    });
    const ids = fromFloat64(
      "int64",
      [count],
      Array.from({ length: count }, (_, i) => from + i),
    );
    const values = await program.run(new Map([...feeds, [idsInput, ids]]));
    yield { from, values: toFloat64(values.get(program.outputs[0]!)!) };
  }
}
