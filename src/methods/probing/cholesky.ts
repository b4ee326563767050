/**
 * A = L·Lᵀ of a symmetric positive definite matrix, [size, size] row-major. Only the lower triangle of A is read. Loops run
 * over tiles of four rows by four columns, so each loaded number is used four times.
 */
export class Cholesky {
  readonly size: number;
  readonly #factor: Float64Array;
  /** Lᵀ, so that back substitution reads rows too. */
  readonly #transposed: Float64Array;

  constructor(matrix: Float64Array, size: number) {
    this.size = size;
    this.#factor = factor(matrix, size);
    this.#transposed = new Float64Array(size * size);
    for (let i = 0; i < size; i++)
      for (let j = 0; j <= i; j++) this.#transposed[j * size + i] = this.#factor[i * size + j]!;
  }

  /** L, [size, size] row-major, zero above the diagonal. */
  get lower(): Float64Array {
    return this.#factor;
  }

  /** Solves A·x = b for `columns` right-hand sides at once: [size, columns]. */
  solve(b: Float64Array, columns = 1): Float64Array {
    const { size } = this;
    const x = b.slice();
    for (let i = 0; i < size; i++) subtractRows(x, i, 0, i, this.#factor, size, columns);
    for (let i = size - 1; i >= 0; i--) subtractRows(x, i, i + 1, size, this.#transposed, size, columns);
    return x;
  }
}

/** xᵢ ← (xᵢ − Σₖ lᵢₖ·xₖ)/lᵢᵢ over rows `from` … `to` − 1. */
function subtractRows(
  x: Float64Array,
  i: number,
  from: number,
  to: number,
  l: Float64Array,
  size: number,
  columns: number,
): void {
  const row = i * size;
  const at = i * columns;
  let k = from;
  for (; k + 3 < to; k += 4) {
    const l0 = l[row + k]!;
    const l1 = l[row + k + 1]!;
    const l2 = l[row + k + 2]!;
    const l3 = l[row + k + 3]!;
    const x0 = k * columns;
    const x1 = x0 + columns;
    const x2 = x1 + columns;
    const x3 = x2 + columns;
    for (let c = 0; c < columns; c++)
      x[at + c] = x[at + c]! - (l0 * x[x0 + c]! + l1 * x[x1 + c]! + l2 * x[x2 + c]! + l3 * x[x3 + c]!);
  }
  for (; k < to; k++) for (let c = 0; c < columns; c++) x[at + c] = x[at + c]! - l[row + k]! * x[k * columns + c]!;
  for (let c = 0; c < columns; c++) x[at + c] = x[at + c]! / l[row + i]!;
}

const tile = 4;

function factor(matrix: Float64Array, size: number): Float64Array {
  const l = new Float64Array(size * size);
  for (let i = 0; i < size; i += tile) {
    const rows = Math.min(tile, size - i);
    for (let j = 0; j < i; j += tile) {
      if (rows === tile) products(l, i, j, size);
      else
        for (let r = i; r < i + rows; r++)
          for (let c = j; c < j + tile; c++) l[r * size + c] = dot(l, r * size, c * size, j);
      // The remaining columns of the tile, one by one.
      for (let c = j; c < j + tile; c++) {
        for (let r = i; r < i + rows; r++)
          l[r * size + c] =
            (matrix[r * size + c]! - l[r * size + c]! - dot(l, r * size + j, c * size + j, c - j)) / l[c * size + c]!;
      }
    }
    for (let c = i; c < i + rows; c++) {
      const pivot = matrix[c * size + c]! - dot(l, c * size, c * size, c);
      if (!(pivot > 0)) throw new RangeError(`the matrix is not positive definite at row ${c}`);
      l[c * size + c] = Math.sqrt(pivot);
      for (let r = c + 1; r < i + rows; r++)
        l[r * size + c] = (matrix[r * size + c]! - dot(l, r * size, c * size, c)) / l[c * size + c]!;
    }
  }
  return l;
}

/** The 16 dot products of rows i … i + 3 with rows j … j + 3 over the columns before j, subtracted in place. */
function products(l: Float64Array, i: number, j: number, size: number): void {
  for (let half = 0; half < tile; half += 2) {
    let a0 = 0;
    let a1 = 0;
    let a2 = 0;
    let a3 = 0;
    let b0 = 0;
    let b1 = 0;
    let b2 = 0;
    let b3 = 0;
    const p = (i + half) * size;
    const q = p + size;
    const u = j * size;
    const v = u + size;
    const w = v + size;
    const z = w + size;
    for (let k = 0; k < j; k++) {
      const lp = l[p + k]!;
      const lq = l[q + k]!;
      const lu = l[u + k]!;
      const lv = l[v + k]!;
      const lw = l[w + k]!;
      const lz = l[z + k]!;
      a0 += lp * lu;
      a1 += lp * lv;
      a2 += lp * lw;
      a3 += lp * lz;
      b0 += lq * lu;
      b1 += lq * lv;
      b2 += lq * lw;
      b3 += lq * lz;
    }
    l.set([a0, a1, a2, a3], p + j);
    l.set([b0, b1, b2, b3], q + j);
  }
}

function dot(l: Float64Array, a: number, b: number, count: number): number {
  let sum = 0;
  for (let k = 0; k < count; k++) sum += l[a + k]! * l[b + k]!;
  return sum;
}
