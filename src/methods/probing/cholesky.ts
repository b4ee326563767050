/** A = L·Lᵀ of a symmetric positive definite matrix, [size, size] row-major; only the lower triangle of A is read. */
export class Cholesky {
  readonly size: number;
  readonly #factor: Float64Array;

  constructor(matrix: Float64Array, size: number) {
    this.size = size;
    this.#factor = factor(matrix, size);
  }

  /** x with A·x = b, for `columns` right-hand sides at once: [size, columns]. */
  solve(b: Float64Array, columns = 1): Float64Array {
    const { size } = this;
    const l = this.#factor;
    const x = b.slice();
    for (let i = 0; i < size; i++) {
      for (let k = 0; k < i; k++) subtract(x, i * columns, k * columns, l[i * size + k]!, columns);
      scale(x, i * columns, 1 / l[i * size + i]!, columns);
    }
    for (let i = size - 1; i >= 0; i--) {
      scale(x, i * columns, 1 / l[i * size + i]!, columns);
      for (let k = 0; k < i; k++) subtract(x, k * columns, i * columns, l[i * size + k]!, columns);
    }
    return x;
  }
}

function factor(matrix: Float64Array, size: number): Float64Array {
  const l = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j]!;
      for (let k = 0, a = i * size, b = j * size; k < j; k++, a++, b++) sum -= l[a]! * l[b]!;
      if (i !== j) l[i * size + j] = sum / l[j * size + j]!;
      else if (sum > 0) l[i * size + i] = Math.sqrt(sum);
      else throw new RangeError(`the matrix is not positive definite at row ${i}`);
    }
  }
  return l;
}

function subtract(x: Float64Array, to: number, from: number, factor: number, columns: number): void {
  for (let c = 0; c < columns; c++) x[to + c] = x[to + c]! - factor * x[from + c]!;
}

function scale(x: Float64Array, at: number, factor: number, columns: number): void {
  for (let c = 0; c < columns; c++) x[at + c] = x[at + c]! * factor;
}
