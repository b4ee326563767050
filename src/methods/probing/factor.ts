import { Cholesky } from "./cholesky.ts";
import { inverseFactor, type Multiply } from "./inverse-factor.ts";
import { transposeInto } from "./transpose.ts";

/** From this size on, the factor is inverted and applied by matrix products; below it, solving is equally fast. */
const invertedFrom = 160;

/** L⁻¹ and L⁻ᵀ. Storing both makes products 1.5 times as fast, because the left operand need not be transposed. */
interface Inverse {
  readonly lower: Float32Array;
  readonly upper: Float32Array;
}

/** Applies A⁻¹ of a symmetric positive definite matrix, [size, size], to many right-hand sides over time. The matrix is factored on first use. */
export class Factor {
  readonly size: number;
  /** Whether `solveBatched` is faster for several right-hand sides. */
  readonly prefersBatches: boolean;
  #matrix: Float64Array | undefined;
  #cholesky: Cholesky | undefined;
  #inverse: Promise<Inverse> | undefined;

  constructor(matrix: Float64Array, size: number) {
    this.size = size;
    this.prefersBatches = size >= invertedFrom;
    this.#matrix = matrix;
  }

  /** A⁻¹·b in double precision, for b of shape [size, columns]. */
  solve(b: Float64Array, columns: number): Float64Array {
    if (this.#matrix === undefined) throw new RangeError("the matrix was released after its inversion");
    this.#cholesky ??= new Cholesky(this.#matrix, this.size);
    return this.#cholesky.solve(b, columns);
  }

  /** L⁻ᵀ·L⁻¹·b in float32, for b of shape [size, columns]. The matrix is released. */
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
