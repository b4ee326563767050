import { matrix, type Matrix } from "./matrix.ts";
import { euclideanLength } from "../../tensor/euclidean-length.ts";

/**
 * The thin factorization A = Q·R of a matrix with at least as many rows as columns, by Householder reflections
 * (Golub, Van Loan, Matrix Computations, algorithm 5.2.1): Q [rows, columns] has orthonormal columns, R is upper triangular.
 */
export function thinQr(a: Matrix): { readonly q: Matrix; readonly r: Matrix } {
  const { rows, columns } = a;
  const { r, reflections } = reflected(a);
  const q = matrix(rows, columns);
  for (let j = 0; j < columns; j++) {
    const column = new Float64Array(rows);
    column[j] = 1;
    for (let k = columns - 1; k >= 0; k--) reflect(column, reflections[k]!, k);
    for (let i = 0; i < rows; i++) q.data[i * columns + j] = column[i]!;
  }
  return { q, r };
}

/** The smallest matrix with the same AᵀA: R of A = Q·R, or A itself if it has no more rows than columns. */
export const triangle = (a: Matrix): Matrix => (a.rows > a.columns ? reflected(a).r : a);

function reflected({ rows, columns, data }: Matrix): {
  readonly r: Matrix;
  readonly reflections: readonly Float64Array[];
} {
  if (rows < columns) throw new RangeError(`a thin factorization of ${rows} × ${columns}`);
  // Columns of A as rows, so that reflections run over contiguous numbers.
  const work = Array.from({ length: columns }, (_, j) =>
    Float64Array.from({ length: rows }, (_, i) => data[i * columns + j]!),
  );
  const reflections: Float64Array[] = [];
  for (let j = 0; j < columns; j++) {
    const v = reflectionOf(work[j]!, j);
    reflections.push(v);
    for (let column = j; column < columns; column++) reflect(work[column]!, v, j);
  }
  const r = matrix(columns, columns);
  work.forEach((column, j) => {
    for (let i = 0; i <= j; i++) r.data[i * columns + j] = column[i]!;
  });
  return { r, reflections };
}

/** The unit vector v of the reflection 1 − 2vvᵀ that leaves of a column only its entry `from`. Zero if nothing is to reflect. */
export function reflectionOf(column: Float64Array, from: number): Float64Array {
  const v = column.slice();
  v.fill(0, 0, from);
  const norm = euclideanLength(v);
  if (norm === 0) return v;
  v[from] = v[from]! + (v[from]! < 0 ? -norm : norm);
  const length = euclideanLength(v);
  for (let i = from; i < v.length; i++) v[i] = v[i]! / length;
  return v;
}

function reflect(column: Float64Array, v: Float64Array, from: number): void {
  let along = 0;
  for (let i = from; i < v.length; i++) along += v[i]! * column[i]!;
  if (along === 0) return;
  for (let i = from; i < v.length; i++) column[i] = column[i]! - 2 * along * v[i]!;
}
