import { matrix, multiply, transpose, type Matrix } from "../../linear-algebra/matrix.ts";
import type { LanguageModel } from "../language-model.ts";
import type { NormGains } from "./head-weights.ts";
import { tableOf, vectorLogits } from "./vocabulary-maps.ts";

/** The tokens whose logits are held at once. */
const atOnce = 64;

/**
 * The share of tokens whose own logit is the largest of their row of W_E·W_V·W_O·W_Uᵀ: what a head that copies each token
 * would promote most. 0 of no tokens.
 */
export async function ownTokenShare(
  model: LanguageModel,
  { v, o }: { readonly v: Matrix; readonly o: Matrix },
  ids: readonly number[],
  gains: NormGains,
  cancelled: () => boolean,
): Promise<number> {
  let [own, seen] = [0, 0];
  for (let from = 0; from < ids.length && !cancelled(); from += atOnce) {
    const some = ids.slice(from, from + atOnce);
    const written = multiply(multiply(await tableOf(model, "embedding", some), v), o);
    const logits = await vectorLogits(model, padded(transpose(written), atOnce), gains, cancelled);
    if (cancelled()) break;
    some.forEach((id, i) => {
      const row = logits[i]!;
      seen++;
      if (row.every((logit, other) => other === id || logit < row[id]!)) own++;
    });
  }
  return seen ? own / seen : 0;
}

/** With columns of zeros, so that one program serves the last tokens too. */
function padded({ rows, columns, data }: Matrix, count: number): Matrix {
  if (columns === count) return matrix(rows, columns, data);
  const out = matrix(rows, count);
  for (let row = 0; row < rows; row++) out.data.set(data.subarray(row * columns, (row + 1) * columns), row * count);
  return out;
}
