/** The nodes and weights of a path integral over α ∈ [0, 1]. The weights sum to 1. */
export interface Quadrature {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

export type QuadratureRule = (n: number) => Quadrature;

/**
 * Gauss–Legendre: the roots of Pₙ by Newton's iteration from cos(π(i + ¾)/(n + ½)), with the weights
 * 2/((1 − x²)·P′ₙ(x)²), mapped from [−1, 1] to [0, 1]. It is exact for polynomials of degree 2n − 1.
 */
export const gaussLegendre: QuadratureRule = (n) => {
  const nodes = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    for (let step = 0; step < 100; step++) {
      const { value, slope } = legendre(n, x);
      const change = value / slope;
      x -= change;
      if (Math.abs(change) < 1e-16) break;
    }
    const { slope } = legendre(n, x);
    nodes[n - 1 - i] = (1 + x) / 2;
    weights[n - 1 - i] = 1 / ((1 - x * x) * slope * slope);
  }
  return { nodes, weights };
};

/** Pₙ(x) and its derivative, by the three-term recurrence. */
function legendre(n: number, x: number): { value: number; slope: number } {
  let previous = 1;
  let value = x;
  for (let k = 2; k <= n; k++) [previous, value] = [value, ((2 * k - 1) * x * value - (k - 1) * previous) / k];
  return n === 0 ? { value: 1, slope: 0 } : { value, slope: (n * (x * value - previous)) / (x * x - 1) };
}

/** The trapezoid rule: n points, n − 1 panels, half weights at both ends. */
export const trapezoid: QuadratureRule = (n) => ({
  nodes: Float64Array.from({ length: n }, (_, i) => i / (n - 1)),
  weights: Float64Array.from({ length: n }, (_, i) => (i === 0 || i === n - 1 ? 0.5 : 1) / (n - 1)),
});

export const midpoint: QuadratureRule = (n) => ({
  nodes: Float64Array.from({ length: n }, (_, i) => (i + 0.5) / n),
  weights: new Float64Array(n).fill(1 / n),
});

export const leftRiemann: QuadratureRule = (n) => ({
  nodes: Float64Array.from({ length: n }, (_, i) => i / n),
  weights: new Float64Array(n).fill(1 / n),
});

export const rightRiemann: QuadratureRule = (n) => ({
  nodes: Float64Array.from({ length: n }, (_, i) => (i + 1) / n),
  weights: new Float64Array(n).fill(1 / n),
});

export const quadratureRules: ReadonlyMap<string, QuadratureRule> = new Map([
  ["gauss-legendre", gaussLegendre],
  ["trapezoid", trapezoid],
  ["midpoint", midpoint],
  ["left", leftRiemann],
  ["right", rightRiemann],
]);
