/** Masks as bits: point p is bit p mod 32 of word ⌊p / 32⌋, so that areas and overlaps are counted 32 points at a time. */

export const wordsFor = (points: number): number => (points + 31) >>> 5;

export const emptyBits = (points: number): Uint32Array => new Uint32Array(wordsFor(points));

/** All points; the bits after the last point stay 0. */
export function fullBits(points: number): Uint32Array {
  const bits = emptyBits(points).fill(0xffffffff);
  if (points % 32 > 0) bits[bits.length - 1] = 2 ** (points % 32) - 1;
  return bits;
}

export const setBit = (bits: Uint32Array, point: number): void => {
  bits[point >>> 5] = bits[point >>> 5]! | (1 << (point & 31));
};

export const hasBit = (bits: Uint32Array, point: number): boolean => ((bits[point >>> 5]! >>> (point & 31)) & 1) === 1;

/** The number of ones in a word. */
export function popcount(word: number): number {
  let n = word - ((word >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The number of points in a mask. */
export function areaOf(bits: Uint32Array): number {
  let sum = 0;
  for (const word of bits) sum += popcount(word);
  return sum;
}
