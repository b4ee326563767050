import { Cholesky } from "./cholesky.ts";

/** Up to this size a block is factored directly instead of being divided. */
const smallest = 96;
/** The ridge, relative to the mean of the diagonal, that is added if rounding prevents the factorization. Each attempt multiplies it by ten. */
const firstRidge = 1e-6;

/** a·b in float32, for row-major [m, k], or [k, m] if `a` is to be transposed, and [k, n]. */
export type Multiply = (
  a: Float32Array,
  b: Float32Array,
  m: number,
  k: number,
  n: number,
  transposed?: boolean,
) => Promise<Float32Array>;

/**
 * L⁻¹ of A = L·Lᵀ, symmetric positive definite, by recursive halving, so that nearly all the work is matrix products:
 *
 *   A = [[P, Rᵀ], [R, Q]],  K·P·Kᵀ = 1,  T = K·Rᵀ,  M·(Q − TᵀT)·Mᵀ = 1  ⇒  L⁻¹ = [[K, 0], [−M·Tᵀ·K, M]].
 *
 * It is computed in float32, because its last digits do not matter for a preconditioner.
 */
export async function inverseFactor(matrix: Float64Array, size: number, multiply: Multiply): Promise<Float32Array> {
  const mean =
    Array.from({ length: size }, (_, i) => matrix[i * size + i]!).reduce((sum, value) => sum + value, 0) / size;
  for (let ridge = 0; ; ridge = ridge === 0 ? firstRidge : ridge * 10) {
    const found = await halved(ridge === 0 ? matrix : withRidge(matrix, size, ridge * mean), size, multiply);
    if (found !== undefined) return found;
    if (ridge > 1) throw new RangeError("the matrix is not positive definite");
  }
}

/** `undefined` if rounding makes a block indefinite. */
async function halved(matrix: Float64Array, size: number, multiply: Multiply): Promise<Float32Array | undefined> {
  if (size <= smallest) return small(matrix, size);
  const half = Math.ceil(size / 2);
  const rest = size - half;
  const first = await halved(block(matrix, size, 0, 0, half, half), half, multiply);
  if (first === undefined) return undefined;
  const above = await multiply(first, Float32Array.from(block(matrix, size, 0, half, half, rest)), half, half, rest);
  const schur = block(matrix, size, half, half, rest, rest);
  const product = await multiply(above, above, rest, half, rest, true);
  for (let i = 0; i < schur.length; i++) schur[i] = schur[i]! - product[i]!;
  const second = await halved(schur, rest, multiply);
  if (second === undefined) return undefined;
  const below = await multiply(second, await multiply(above, first, rest, half, half, true), rest, rest, half);
  const inverse = new Float32Array(size * size);
  for (let r = 0; r < half; r++) inverse.set(first.subarray(r * half, (r + 1) * half), r * size);
  for (let r = 0; r < rest; r++) {
    const at = (half + r) * size;
    for (let c = 0; c < half; c++) inverse[at + c] = -below[r * half + c]!;
    inverse.set(second.subarray(r * rest, (r + 1) * rest), at + half);
  }
  return inverse;
}

function block(
  matrix: Float64Array,
  size: number,
  row: number,
  column: number,
  rows: number,
  columns: number,
): Float64Array {
  const out = new Float64Array(rows * columns);
  for (let r = 0; r < rows; r++)
    out.set(matrix.subarray((row + r) * size + column, (row + r) * size + column + columns), r * columns);
  return out;
}

/** Inverts the triangle of a small block, column by column. */
function small(matrix: Float64Array, size: number): Float32Array | undefined {
  const l = lowerOf(matrix, size);
  if (l === undefined) return undefined;
  const inverse = new Float32Array(size * size);
  const column = new Float64Array(size);
  for (let c = 0; c < size; c++) {
    for (let r = c; r < size; r++) {
      let sum = r === c ? 1 : 0;
      for (let k = c; k < r; k++) sum -= l[r * size + k]! * column[k]!;
      column[r] = sum / l[r * size + r]!;
      inverse[r * size + c] = column[r]!;
    }
  }
  return inverse;
}

function lowerOf(matrix: Float64Array, size: number): Float64Array | undefined {
  try {
    return new Cholesky(matrix, size).lower;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function withRidge(matrix: Float64Array, size: number, ridge: number): Float64Array {
  const out = matrix.slice();
  for (let i = 0; i < size; i++) out[i * size + i] = out[i * size + i]! + ridge;
  return out;
}
