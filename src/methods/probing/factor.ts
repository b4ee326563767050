import { Cholesky } from "./cholesky.ts";
import { inverseFactor, type Multiply } from "./inverse-factor.ts";
import { transposeInto } from "./transpose.ts";

/** From this size on the factor's inverse is made and applied by matrix products; below, solving is as fast. */
const invertedFrom = 160;

/** L⁻¹ and L⁻ᵀ: a product whose left side lies as it is used is half again as fast. */
interface Inverse {
  readonly lower: Float32Array;
  readonly upper: Float32Array;
}

/** A⁻¹ of a symmetric positive definite matrix, [size, size], for many right-hand sides over time. Factored when first asked for. */
export class Factor {
  readonly size: number;
  /** Whether right-hand sides side by side are better solved `together`. */
  readonly prefersBatches: boolean;
  #matrix: Float64Array | undefined;
  #cholesky: Cholesky | undefined;
  #inverse: Promise<Inverse> | undefined;

  constructor(matrix: Float64Array, size: number) {
    this.size = size;
    this.prefersBatches = size >= invertedFrom;
    this.#matrix = matrix;
  }

  /** A⁻¹·b in double precision: [size, columns] to the same. */
  solve(b: Float64Array, columns: number): Float64Array {
    if (this.#matrix === undefined) throw new RangeError("the matrix was let go for its inverse");
    this.#cholesky ??= new Cholesky(this.#matrix, this.size);
    return this.#cholesky.solve(b, columns);
  }

  /** L⁻ᵀ·L⁻¹·b in float32, [size, columns] to the same. The matrix is let go. */
  async solveBatched(b: Float32Array, columns: number, multiply: Multiply): Promise<Float32Array> {
    const { size } = this;
    this.#inverse ??= inverseFactor(this.#matrix!, size, multiply).then((lower) => ({
      lower,
      upper: transposeInto(new Float32Array(lower.length), lower, size, size),
    }));
    this.#matrix = this.#cholesky = undefined;
    const { lower, upper } = await this.#inverse;
    return multiply(upper, await multiply(lower, b, size, size, columns), size, size, columns);
  }

  get bytes(): number {
    return this.size ** 2 * (8 + (this.#cholesky ? 16 : 0));
  }
}
