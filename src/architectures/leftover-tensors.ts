import type { TensorSource } from "../formats/tensor-source.ts";
import { GlassboxError } from "../tensor/errors.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Weights } from "./weights.ts";

/** What old versions of transformers stored of what they compute anyway: masks, positions and rotary frequencies. */
const buffers: readonly ((name: string, shape: Shape) => boolean)[] = [
  (name) => /(^|\.)rotary_emb\.(inv_freq|original_inv_freq|cos_cached|sin_cached)$/.test(name),
  (name) => /(^|\.)attn\.masked_bias$/.test(name),
  // GPT-2's causal mask. A bias has one axis.
  (name, shape) => /(^|\.)attn\.bias$/.test(name) && shape.length === 4 && shape[2] === shape[3],
  (name) => /(^|\.)position_ids$/.test(name),
];

const isBuffer = (name: string, shape: Shape): boolean => buffers.some((matches) => matches(name, shape));

const mostListed = 4;

/**
 * Looks at the tensors of a file that the network does not read. Masks and other buffers are passed over. One within a block
 * that is computed is refused, because a part that nobody computes may be the one that changes the logits; others are named.
 * @param layers how many blocks are computed
 * @returns notes for the model's facts
 */
export function judgeLeftover(source: TensorSource, weights: Weights, layers: number): readonly string[] {
  const used = weights.accountedFor();
  const left = [...source.tensors].filter(([name, { shape }]) => !used.has(name) && !isBuffer(name, shape));
  if (left.length === 0) return [];
  const names = left.map(([name]) => name);
  const inBlocks = names.filter((name) => {
    const layer = layerOf(name);
    return layer !== undefined && layer < layers;
  });
  if (inBlocks.length > 0) {
    throw new GlassboxError(
      "unsupported",
      `the weights have ${listed(inBlocks)}, which Glassbox does not compute; the logits would be wrong`,
      {
        where: source.where,
        hint: "The file is of another family than it says, or has parts that have to be merged into its weights first.",
      },
    );
  }
  const beyond = names.filter((name) => layerOf(name) !== undefined);
  const others = names.filter((name) => layerOf(name) === undefined);
  return [
    ...(beyond.length
      ? [
          `The file has more blocks than the ${layers} that the model is said to have; these are not read: ${listed(beyond)}.`,
        ]
      : []),
    ...(others.length ? [`The network does not read ${listed(others)} of the file.`] : []),
  ];
}

function layerOf(name: string): number | undefined {
  const layer = /(?:^|\.)(?:layers?|h|blk|blocks?)\.(\d+)\./.exec(name)?.[1];
  return layer === undefined ? undefined : Number(layer);
}

function listed(names: readonly string[]): string {
  const said = names.slice(0, mostListed).map((name) => JSON.stringify(name.slice(0, 80)));
  const rest = names.length - said.length;
  return rest > 0 ? `${said.join(", ")} and ${rest} more` : said.join(", ");
}
