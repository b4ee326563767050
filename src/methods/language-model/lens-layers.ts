import { allocate } from "../../tensor/dtype.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";
import { finalSite } from "./components.ts";
import type { LanguageModel, Trace } from "./language-model.ts";
import { divergence, entropy, logNormalizer, rankOf, rowOf, topIds } from "./logits.ts";
import { coarseFirst } from "./patch-grid.ts";

/** The sites of the lens, one per row: the residual stream before each block, and at the end. */
export const lensSites = (model: LanguageModel): readonly string[] => [
  ...Array.from({ length: model.decoder.layers }, (_, layer) => `blocks.${layer}.hook_resid_pre`),
  finalSite(model),
];

export interface LensOptions {
  /** The positions to read. */
  readonly positions: readonly number[];
  /** The number of top tokens kept for each cell. */
  readonly top: number;
  /** The token id to track at each position, by probability and rank. */
  readonly tracked: readonly number[];
  readonly cancelled: () => boolean;
}

/** One layer of the lens. The arrays are by position, or by position × top. */
export interface LensLayer {
  readonly layer: number;
  readonly ids: Int32Array;
  readonly probabilities: Float32Array;
  /** The probability of the tracked token. */
  readonly followed: Float32Array;
  readonly ranks: Int32Array;
  readonly entropies: Float32Array;
  /** KL(final‖layer), in nats. */
  readonly divergences: Float32Array;
}

/** The maximum number of final distributions that are held at once, for the KL divergence. */
const held = 64;

/**
 * Logit lens (nostalgebraist 2020): softmax(W_U·norm_final(h)) of the residual stream at every layer, with that layer's
 * scale. Only the requested positions are unembedded. Yields the layers coarse to fine, repeatedly for every 64 positions.
 */
export async function* lensLayers(
  model: LanguageModel,
  trace: Trace,
  { positions, top, tracked, cancelled }: LensOptions,
): AsyncGenerator<LensLayer & { readonly from: number }> {
  const sites = lensSites(model);
  for (let from = 0; from < positions.length; from += held) {
    const some = positions.slice(from, from + held);
    const finals: { logits: Float32Array | Float64Array; normalizer: number }[] = [];
    for await (const { logits } of model.unembed(rowsAt(model, trace.get(sites.at(-1)!), some))) {
      for (let row = 0; row < logits.shape[0]!; row++) {
        const own = rowOf(logits as never, row);
        finals.push({ logits: own, normalizer: logNormalizer(own) });
      }
    }
    for (const layer of [sites.length - 1, ...coarseFirst(sites.length - 1)]) {
      if (cancelled()) return;
      const out = emptyLayer(layer, some.length, top);
      const read = (position: number, own: Float32Array | Float64Array): void =>
        readCell(out, position, own, top, tracked[from + position]!, finals[position]!);
      if (layer === sites.length - 1) finals.forEach(({ logits }, position) => read(position, logits));
      else {
        for await (const { start, logits } of model.unembed(rowsAt(model, trace.get(sites[layer]!), some))) {
          for (let row = 0; row < logits.shape[0]!; row++) read(start + row, rowOf(logits as never, row));
        }
      }
      yield { ...out, from };
    }
  }
}

const emptyLayer = (layer: number, count: number, top: number): LensLayer => ({
  layer,
  ids: new Int32Array(count * top),
  probabilities: new Float32Array(count * top),
  followed: new Float32Array(count),
  ranks: new Int32Array(count),
  entropies: new Float32Array(count),
  divergences: new Float32Array(count),
});

function readCell(
  out: LensLayer,
  position: number,
  logits: Float32Array | Float64Array,
  top: number,
  tracked: number,
  final: { logits: Float32Array | Float64Array; normalizer: number },
): void {
  const normalizer = logNormalizer(logits);
  topIds(logits, top).forEach((id, i) => {
    out.ids[position * top + i] = id;
    out.probabilities[position * top + i] = Math.exp(logits[id]! - normalizer);
  });
  out.followed[position] = Math.exp(logits[tracked]! - normalizer);
  out.ranks[position] = rankOf(logits, tracked);
  out.entropies[position] = entropy(logits, normalizer);
  out.divergences[position] = divergence(final.logits, final.normalizer, logits, normalizer);
}

function rowsAt(model: LanguageModel, state: Tensor, positions: readonly number[]): Tensor {
  const width = state.shape[1]!;
  const rows = tensor(model.dtype, [positions.length, width], allocate(model.dtype, positions.length * width));
  positions.forEach((position, row) =>
    (rows.data as Float32Array).set(
      (state.data as Float32Array).subarray(position * width, (position + 1) * width),
      row * width,
    ),
  );
  return rows;
}
