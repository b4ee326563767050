import { Cholesky } from "./cholesky.ts";
import { invertLower, type Multiply } from "./triangular-inverse.ts";

/** From this size on a factor is inverted once and applied by matrix products; below, solving is as fast. */
const invertedFrom = 160;

/** A⁻¹ of a symmetric positive definite matrix, [size, size], for many right-hand sides over time. */
export class Factor {
  readonly size: number;
  /** Whether right-hand sides side by side are better solved `together`. */
  readonly batched: boolean;
  #cholesky: Cholesky | undefined;
  #inverse: Promise<Float32Array> | undefined;

  constructor(matrix: Float64Array, size: number) {
    this.size = size;
    this.batched = size >= invertedFrom;
    this.#cholesky = new Cholesky(matrix, size);
  }

  /** A⁻¹·b in double precision: [size, columns] to the same. */
  solve(b: Float64Array, columns: number): Float64Array {
    if (this.#cholesky === undefined) throw new RangeError("the factor was let go for its inverse");
    return this.#cholesky.solve(b, columns);
  }

  /** L⁻ᵀ·L⁻¹·b in float32, [size, columns] to the same. The factor, five times the size of its inverse, is let go. */
  async together(b: Float32Array, columns: number, multiply: Multiply): Promise<Float32Array> {
    const { size } = this;
    this.#inverse ??= invertLower(this.#cholesky!.lower, size, multiply);
    this.#cholesky = undefined;
    const inverse = await this.#inverse;
    return multiply(inverse, await multiply(inverse, b, size, size, columns), size, size, columns, true);
  }

  get bytes(): number {
    return this.size ** 2 * (this.#cholesky ? 16 : 4);
  }
}
