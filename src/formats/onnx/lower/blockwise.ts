import type { Value } from "../../../graph/builder.ts";
import type { LoweringContext } from "./context.ts";

/** Low bits first: each byte of the last axis as 8/bits numbers. */
function unpacked(c: LoweringContext, bytes: Value, bits: number): Value {
  const { b } = c;
  if (bits === 8) return b.cast(bytes, "float32");
  const base = 2 ** bits;
  let rest = b.cast(bytes, "float32");
  const parts: Value[] = [];
  for (let i = 0; i < 8 / bits; i++) {
    const higher = c.apply("Floor", [b.scale(rest, 1 / base)]);
    parts.push(b.reshape(b.sub(rest, b.scale(higher, base)), [...rest.shape, 1]));
    rest = higher;
  }
  return b.reshape(b.concat(parts, bytes.shape.length), [
    ...bytes.shape.slice(0, -1),
    (bytes.shape.at(-1)! * 8) / bits,
  ]);
}

/**
 * MatMulNBits: A·Wᵀ with W [N, K] in blocks of packed integers, each block with a scale and a zero
 * point, 2^{bits−1} if absent. W is constant, so it is dequantised when it is first needed.
 */
export function blockwiseProduct(c: LoweringContext): Value {
  const { b } = c;
  const need = (name: string): number => c.integer(name) ?? c.refuse(`its attribute ${name} is missing`);
  const [k, n, block] = [need("K"), need("N"), need("block_size")];
  const bits = c.integer("bits", 4);
  if (![2, 4, 8].includes(bits)) c.refuse(`its weights have ${bits} bits`);
  if (c.optional(4)) c.refuse("its weights are reordered by g_idx");
  c.session.notes.add(`quantised weights of ${bits} bits dequantised`);
  const blocks = Math.ceil(k / block);
  const quants = unpacked(c, b.reshape(c.input(1), [n, blocks, (block * bits) / 8]), bits);
  const scales = b.reshape(c.input(2), [n, blocks, 1]);
  const weights = b.mul(b.sub(quants, zeroPoints(c, n, blocks, bits)), scales);
  const matrix = b.slice(b.reshape(weights, [n, blocks * block]), [1], [0], [k]);
  const product = b.matmul(c.input(0), b.transpose(matrix, [1, 0]));
  return c.optional(5) ? b.add(product, c.input(5)) : product;
}

function zeroPoints(c: LoweringContext, n: number, blocks: number, bits: number): Value {
  const { b } = c;
  const given = c.optional(3);
  if (!given) return b.scalar(2 ** (bits - 1), "float32");
  if (given.dtype === "float32") return b.reshape(given, [n, blocks, 1]);
  const perRow = Math.ceil((blocks * bits) / 8);
  return b.reshape(b.slice(unpacked(c, b.reshape(given, [n, perRow]), bits), [1], [0], [blocks]), [n, blocks, 1]);
}
