import { tensor, type Tensor } from "../../tensor/tensor.ts";
import type { LanguageModel } from "./language-model.ts";
import { rowOf, topIds } from "./logits.ts";

/** The `count` most probable tokens at each position, concatenated. @param final the final residual stream [token, feature] */
export async function bestTokens(
  model: LanguageModel,
  final: Tensor,
  positions: readonly number[],
  count: number,
): Promise<number[]> {
  const { width } = model.decoder;
  const best: number[] = [];
  for (const position of positions) {
    const state = (final.data as Float32Array).slice(position * width, (position + 1) * width);
    for await (const { logits } of model.unembed(tensor(model.dtype, [1, width], state)))
      best.push(...topIds(rowOf(logits as never, 0), count));
  }
  return best;
}
