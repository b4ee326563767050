import type { Features, Gram, Kernel } from "./design.ts";
import { Factor } from "./factor.ts";
import type { Multiply } from "./inverse-factor.ts";

/** Applies (β·X̃ᵀX̃ + λI)⁻¹. X̃ has an additional last feature of 1, which λ does not penalise. The solution does not depend on it. */
export interface Preconditioner {
  /** columns + 1 */
  readonly size: number;
  /** Whether `applyBatched` is faster for several residuals. After its first call, `apply` may no longer be called. */
  readonly prefersBatches: boolean;
  /** Applies it in double precision to a residual [column + 1, output]. The result has the same shape. */
  apply(residual: Float64Array, outputs: number): Float64Array;
  /** Applies it in float32 to residuals [column + 1, width]. The result has the same shape. */
  applyBatched(residuals: Float32Array, width: number, multiply: Multiply): Promise<Float32Array>;
  readonly bytes: number;
}

export interface CurvatureAndPenalty {
  /** β */
  readonly curvature: number;
  readonly lambda: number;
}

/** The upper bound of the curvature (Böhning 1992): κ/S with κ = ¼ for two classes, ½ for more. It is the same for every label, fold and control on the same rows. */
export const curvatureBound = (rows: number, classes: number): number => (classes === 2 ? 0.25 : 0.5) / rows;

/** A preconditioner from the Gram matrix of features, for more rows than columns. */
export class FeaturePreconditioner implements Preconditioner {
  readonly size: number;
  readonly #factor: Factor;

  constructor(gram: Gram, columns: number, { curvature, lambda }: CurvatureAndPenalty) {
    const width = columns + 1;
    const matrix = new Float64Array(gram.length);
    for (let i = 0; i < matrix.length; i++) matrix[i] = gram[i]! * curvature;
    for (let c = 0; c < columns; c++) matrix[c * width + c] = matrix[c * width + c]! + lambda;
    matrix[width * width - 1] = matrix[width * width - 1]! + 1e-12;
    this.size = width;
    this.#factor = new Factor(matrix, width);
  }

  get prefersBatches(): boolean {
    return this.#factor.prefersBatches;
  }

  apply(residual: Float64Array, outputs: number): Float64Array {
    return this.#factor.solve(residual, outputs);
  }

  applyBatched(residuals: Float32Array, width: number, multiply: Multiply): Promise<Float32Array> {
    return this.#factor.solveBatched(residuals, width, multiply);
  }

  get bytes(): number {
    return this.#factor.bytes;
  }
}

/**
 * A preconditioner from the kernel of rows, for more columns than rows, by Woodbury's identity:
 *
 *   (β·XᵀX + λI)⁻¹ = (I − Xᵀ(XXᵀ + λ/β·I)⁻¹X)/λ.
 *
 * Columns have mean 0, so the intercept is independent: its curvature is β times the number of rows.
 */
export class RowPreconditioner implements Preconditioner {
  readonly size: number;
  readonly prefersBatches = true;
  readonly #x: Features;
  readonly #rows: Float32Array;
  readonly #factor: Factor;
  readonly #lambda: number;
  readonly #intercept: number;

  /** @param x standardised; `rows` is the same in float32 */
  constructor(kernel: Kernel, x: Features, rows: Float32Array, { curvature, lambda }: CurvatureAndPenalty) {
    const matrix = new Float64Array(kernel);
    for (let r = 0; r < x.rows; r++) matrix[r * x.rows + r] = matrix[r * x.rows + r]! + lambda / curvature;
    this.size = x.columns + 1;
    this.#x = x;
    this.#rows = rows;
    this.#factor = new Factor(matrix, x.rows);
    this.#lambda = lambda;
    this.#intercept = curvature * x.rows;
  }

  apply(residual: Float64Array, outputs: number): Float64Array {
    const { rows, columns, data } = this.#x;
    const scores = new Float64Array(rows * outputs);
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++)
        for (let k = 0; k < outputs; k++)
          scores[r * outputs + k] = scores[r * outputs + k]! + data[r * columns + c]! * residual[c * outputs + k]!;
    const solved = this.#factor.solve(scores, outputs);
    const out = residual.slice();
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++)
        for (let k = 0; k < outputs; k++)
          out[c * outputs + k] = out[c * outputs + k]! - data[r * columns + c]! * solved[r * outputs + k]!;
    return this.#scaled(out, outputs);
  }

  async applyBatched(residuals: Float32Array, width: number, multiply: Multiply): Promise<Float32Array> {
    const { rows, columns } = this.#x;
    const scores = await multiply(this.#rows, residuals.subarray(0, columns * width), rows, columns, width);
    const solved = this.#factor.prefersBatches
      ? await this.#factor.solveBatched(scores, width, multiply)
      : Float32Array.from(this.#factor.solve(Float64Array.from(scores), width));
    const inside = await multiply(this.#rows, solved, columns, rows, width, true);
    const out = residuals.slice();
    for (let i = 0; i < inside.length; i++) out[i] = out[i]! - inside[i]!;
    return this.#scaled(out, width);
  }

  #scaled<T extends Float32Array | Float64Array>(out: T, outputs: number): T {
    const end = this.#x.columns * outputs;
    for (let i = 0; i < end; i++) out[i] = out[i]! / this.#lambda;
    for (let k = 0; k < outputs; k++) out[end + k] = out[end + k]! / this.#intercept;
    return out;
  }

  get bytes(): number {
    return this.#factor.bytes;
  }
}
