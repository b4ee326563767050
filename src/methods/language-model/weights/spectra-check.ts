import { frobenius, multiply } from "../../linear-algebra/matrix.ts";
import type { Check } from "../../../protocol/result.ts";
import { checkOf } from "../components.ts";
import { writingFactor, type HeadMatrices } from "./composition.ts";
import type { HeadSpectra } from "./head-spectra.ts";

/** How far eigenvalues are from summing to the trace, and squared singular values to the squared norm, relative to the norm. */
export function spectraError({ v, o }: HeadMatrices, { ov, ovEigenvalues }: HeadSpectra): number {
  const small = multiply(o, v);
  const trace = Array.from({ length: small.rows }, (_, i) => small.data[i * (small.rows + 1)]!).reduce((a, b) => a + b);
  const norm = frobenius(writingFactor(v, o));
  const squares = ov.reduce((sum, value) => sum + value ** 2, 0);
  const sum = ovEigenvalues.reduce((total, { re }) => total + re, 0);
  const scale = norm || 1;
  return Math.max(Math.abs(sum - trace) / scale, Math.abs(squares - norm ** 2) / scale ** 2);
}

export const spectraCheck = (error: number): Check =>
  checkOf(
    "spectra",
    "eigenvalues = trace",
    error,
    1e-8,
    "Eigenvalues add up to the trace, and squared singular values to the squared norm.",
    "Eigenvalues do not add up to the trace, or squared singular values not to the squared norm.",
  );
