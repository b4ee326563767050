import type { Complex } from "../../linear-algebra/eigenvalues.ts";

/** How much a matrix acts like a positive multiple of the identity, by its eigenvalues. */
export interface EigenScores {
  /** Σ Re λ / Σ |λ|, which is trace / Σ |λ|: 1 if all eigenvalues are positive, −1 if all are negative (Elhage et al. 2021). */
  readonly score: number;
  /** The share of eigenvalues whose real part is positive. */
  readonly positive: number;
}

/** 0 for both if all eigenvalues are 0. */
export function eigenScores(eigenvalues: readonly Complex[]): EigenScores {
  const sizes = eigenvalues.reduce((sum, { re, im }) => sum + Math.hypot(re, im), 0);
  if (sizes === 0) return { score: 0, positive: 0 };
  const trace = eigenvalues.reduce((sum, { re }) => sum + re, 0);
  return { score: trace / sizes, positive: eigenvalues.filter(({ re }) => re > 0).length / eigenvalues.length };
}
