import { Cholesky } from "./cholesky.ts";
import type { Gram } from "./design.ts";
import { invertLower, type Multiply } from "./triangular-inverse.ts";

/** From this size on a factor is inverted once and applied by matrix products; below, solving is as fast. */
const invertedFrom = 160;

/** Factored once for equal features and λ: every label, fold and control with them shares it. */
export class Preconditioner {
  readonly size: number;
  #cholesky: Cholesky | undefined;
  #inverse: Promise<Float32Array> | undefined;

  /**
   * (κ·XᵀX/S + λI)⁻¹ with κ = ¼ for two classes, ½ for more: the curvature's upper bound (Böhning 1992),
   * the same for every label.
   */
  constructor(gram: Gram, columns: number, { rows, lambda, classes }: { readonly rows: number; readonly lambda: number; readonly classes: number }) {
    const width = columns + 1;
    const bound = (classes === 2 ? 0.25 : 0.5) / rows;
    const matrix = gram.map((value) => value * bound);
    for (let c = 0; c < columns; c++) matrix[c * width + c] = matrix[c * width + c]! + lambda;
    matrix[width * width - 1] = matrix[width * width - 1]! + 1e-12;
    this.size = width;
    this.#cholesky = new Cholesky(matrix, width);
  }

  /** L⁻¹ in float32, where it pays; then the factor itself, five times its size, is let go. */
  inverse(multiply: Multiply): Promise<Float32Array> | undefined {
    if (this.size < invertedFrom) return undefined;
    this.#inverse ??= invertLower(this.#cholesky!.lower, this.size, multiply);
    this.#cholesky = undefined;
    return this.#inverse;
  }

  apply(gradient: Float64Array, outputs: number): Float64Array {
    if (this.#cholesky === undefined) throw new RangeError("the factor was let go for its inverse");
    return this.#cholesky.solve(gradient, outputs);
  }

  get bytes(): number {
    return this.size ** 2 * (this.#cholesky ? 16 : 4);
  }
}
