const twoOverRootPi = 2 / Math.sqrt(Math.PI);

/**
 * The error function to a few units in the last place. Below 2.5 the series without cancellation
 * erf x = 2/√π · e^(−x²) · Σ 2ⁿx²ⁿ⁺¹/(2n+1)!!; above, the continued fraction of erfc
 * (Abramowitz and Stegun 7.1.6 and 7.1.14).
 */
export function erf(x: number): number {
  const magnitude = Math.abs(x);
  if (!(magnitude < 6)) return Number.isNaN(x) ? NaN : Math.sign(x);
  const square = x * x;
  if (magnitude < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= (2 * square) / (2 * n + 1);
      sum += term;
    }
    return twoOverRootPi * Math.exp(-square) * sum;
  }
  let fraction = 0;
  for (let k = 40; k > 0; k--) fraction = k / 2 / (magnitude + fraction);
  const complement = Math.exp(-square) / Math.sqrt(Math.PI) / (magnitude + fraction);
  return Math.sign(x) * (1 - complement);
}
