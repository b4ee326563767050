import { matrix, multiply, transpose, type Matrix } from "./matrix.ts";
import { thinQr } from "./qr.ts";

/** A = U·diag(σ)·Vᵀ with falling σ. */
export interface SingularValues {
  /** [rows, rank]: the directions that are written, as columns. */
  readonly u: Matrix;
  readonly sigma: Float64Array;
  /** [columns, rank] */
  readonly v: Matrix;
}

const mostSweeps = 60;
const tolerance = 1e-15;

/**
 * The singular value decomposition by one-sided Jacobi rotations (Hestenes 1958): pairs of columns are rotated until all
 * are orthogonal. It is accurate to the last digits of every singular value.
 */
export function singularValues(a: Matrix): SingularValues {
  if (a.rows < a.columns) {
    const { u, sigma, v } = singularValues(transpose(a));
    return { u: v, sigma, v: u };
  }
  const { rows, columns } = a;
  const scaled = Array.from({ length: columns }, (_, j) =>
    Float64Array.from({ length: rows }, (_, i) => a.data[i * columns + j]!),
  );
  const right = Array.from({ length: columns }, (_, j) =>
    Float64Array.from({ length: columns }, (_, i) => Number(i === j)),
  );
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let rotated = false;
    for (let p = 0; p < columns; p++)
      for (let q = p + 1; q < columns; q++) if (orthogonalize(scaled, right, p, q)) rotated = true;
    if (!rotated) break;
  }
  const norms = scaled.map((column) => Math.sqrt(dot(column, column)));
  const order = norms.map((_, j) => j).sort((i, j) => norms[j]! - norms[i]!);
  const u = matrix(rows, columns);
  const v = matrix(columns, columns);
  order.forEach((from, to) => {
    const norm = norms[from]!;
    for (let i = 0; i < rows; i++) u.data[i * columns + to] = norm > 0 ? scaled[from]![i]! / norm : 0;
    for (let i = 0; i < columns; i++) v.data[i * columns + to] = right[from]![i]!;
  });
  return { u, sigma: Float64Array.from(order, (j) => norms[j]!), v };
}

/** The singular values of A·B, [n, k]·[k, m], through k × k matrices if k is the smallest extent. Rank: at most k. */
export function singularValuesOfProduct(a: Matrix, b: Matrix): SingularValues {
  const rank = a.columns;
  if (a.rows < rank || b.columns < rank) return singularValues(multiply(a, b));
  const left = thinQr(a);
  const right = thinQr(transpose(b));
  const { u, sigma, v } = singularValues(multiply(left.r, transpose(right.r)));
  return { u: multiply(left.q, u), sigma, v: multiply(right.q, v) };
}

/** Rotates two columns so that they are orthogonal. Returns whether they were not. */
function orthogonalize(
  columns: readonly Float64Array[],
  right: readonly Float64Array[],
  p: number,
  q: number,
): boolean {
  const [x, y] = [columns[p]!, columns[q]!];
  const [xx, yy, xy] = [dot(x, x), dot(y, y), dot(x, y)];
  if (xy === 0 || Math.abs(xy) <= tolerance * Math.sqrt(xx * yy)) return false;
  const zeta = (yy - xx) / (2 * xy);
  const tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
  const cosine = 1 / Math.hypot(1, tangent);
  const sine = cosine * tangent;
  rotate(x, y, cosine, sine);
  rotate(right[p]!, right[q]!, cosine, sine);
  return true;
}

function rotate(x: Float64Array, y: Float64Array, cosine: number, sine: number): void {
  for (let i = 0; i < x.length; i++) {
    const [a, b] = [x[i]!, y[i]!];
    x[i] = cosine * a - sine * b;
    y[i] = sine * a + cosine * b;
  }
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * y[i]!;
  return sum;
}
