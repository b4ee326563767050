import { euclideanLength } from "../../tensor/euclidean-length.ts";
/** A matrix in double precision, row-major. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

export function matrix(rows: number, columns: number, data: Float64Array = new Float64Array(rows * columns)): Matrix {
  if (data.length !== rows * columns) throw new RangeError(`${data.length} numbers are no ${rows} × ${columns} matrix`);
  return { rows, columns, data };
}

/** A·B. */
export function multiply(a: Matrix, b: Matrix): Matrix {
  if (a.columns !== b.rows) throw new RangeError(`${a.columns} columns times ${b.rows} rows`);
  const out = new Float64Array(a.rows * b.columns);
  for (let i = 0; i < a.rows; i++) {
    const row = out.subarray(i * b.columns, (i + 1) * b.columns);
    for (let k = 0; k < a.columns; k++) {
      const factor = a.data[i * a.columns + k]!;
      if (factor === 0) continue;
      const from = k * b.columns;
      for (let j = 0; j < row.length; j++) row[j] = row[j]! + factor * b.data[from + j]!;
    }
  }
  return matrix(a.rows, b.columns, out);
}

export function transpose({ rows, columns, data }: Matrix): Matrix {
  const out = new Float64Array(data.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = data[i * columns + j]!;
  return matrix(columns, rows, out);
}

/** ‖A‖_F = √Σ a². */
export const frobenius = ({ data }: Matrix): number => euclideanLength(data);
