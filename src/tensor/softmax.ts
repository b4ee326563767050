/** exp(xᵢ) / Σⱼ exp(xⱼ), with the greatest number subtracted first, so that nothing overflows. */
export function softmax(logits: Float64Array): Float64Array {
  const max = logits.reduce((best, value) => Math.max(best, value), -Infinity);
  const exponentials = logits.map((value) => Math.exp(value - max));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => value / sum);
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
