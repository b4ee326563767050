import { Builder, type Value } from "../../graph/builder.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Shape } from "../../tensor/shape.ts";
import { float32, toFloat64 } from "../../tensor/tensor.ts";

/** Features of samples, [rows, columns] row-major, in double precision. */
export interface Features {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/** What standardising takes off and divides by; found on training rows only. */
export interface Standardization {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/** Column means and population deviations (ddof 0); a column that is constant to within rounding is divided by 1, as scikit-learn has it. */
export function standardizationOf({ rows, columns, data }: Features, among: ArrayLike<number>): Standardization {
  const mean = new Float64Array(columns);
  const deviation = new Float64Array(columns);
  const count = among.length;
  for (let i = 0; i < count; i++) for (let c = 0, at = among[i]! * columns; c < columns; c++) mean[c] = mean[c]! + data[at + c]! / count;
  for (let i = 0; i < count; i++) for (let c = 0, at = among[i]! * columns; c < columns; c++) deviation[c] = deviation[c]! + (data[at + c]! - mean[c]!) ** 2 / count;
  if (rows < count) throw new RangeError(`${count} rows cannot be among ${rows}`);
  const constant = (variance: number, c: number): boolean => variance <= count * Number.EPSILON * variance + (count * mean[c]! * Number.EPSILON) ** 2;
  return { mean, deviation: deviation.map((variance, c) => (constant(variance, c) ? 1 : Math.sqrt(variance))) };
}

/** The chosen rows, standardised. */
export function standardized({ columns, data }: Features, { mean, deviation }: Standardization, among: ArrayLike<number>): Features {
  const out = new Float64Array(among.length * columns);
  for (let i = 0; i < among.length; i++) {
    for (let c = 0, from = among[i]! * columns, to = i * columns; c < columns; c++) out[to + c] = (data[from + c]! - mean[c]!) / deviation[c]!;
  }
  return { rows: among.length, columns, data: out };
}

/** The constant feature of rows that are weighted; 1 otherwise. */
interface Weighted {
  readonly constant?: Float64Array;
}

/** Rows times √ω, so that their Gram matrix is Σ ω x̃x̃ᵀ. */
export function weighted({ rows, columns, data }: Features, weights: Float64Array): Features & Weighted {
  const constant = weights.map(Math.sqrt);
  const scaled = new Float64Array(rows * columns);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) scaled[r * columns + c] = data[r * columns + c]! * constant[r]!;
  return { rows, columns, data: scaled, constant };
}

/** XᵀX with a last row and column for a constant feature of 1: [columns + 1, columns + 1]. */
export type Gram = Float64Array;
/** XXᵀ: [rows, rows]. */
export type Kernel = Float64Array;

/**
 * The Gram matrix by the runtime's matrix product, in float32: it only preconditions, so the solution
 * does not depend on its last digits. Equal for every label, fold, C and control on the same features.
 */
export function gramOf({ rows, columns, data, constant }: Features & Weighted, runtime: Runtime): Promise<Gram> {
  const width = columns + 1;
  const values = new Float32Array(rows * width);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) values[r * width + c] = data[r * columns + c]!;
    values[r * width + columns] = constant?.[r] ?? 1;
  }
  return productOf(values, [rows, width], runtime, (b, x) => b.matmul(b.transpose(x, [1, 0]), x));
}

/** The rows' products with each other, likewise: smaller than the Gram matrix where there are fewer rows than columns. `values` are theirs in float32. */
export const kernelOf = ({ rows, columns }: Features, values: Float32Array, runtime: Runtime): Promise<Kernel> =>
  productOf(values, [rows, columns], runtime, (b, x) => b.matmul(x, b.transpose(x, [1, 0])));

async function productOf(values: Float32Array, shape: Shape, runtime: Runtime, product: (b: Builder, x: Value) => Value): Promise<Float64Array> {
  const b = new Builder(coreOperators);
  const program = await runtime.compile(b.finish([product(b, b.input("x", { dtype: "float32", shape }))]), { effort: "light" });
  try {
    const [found] = (await program.run(new Map([["x", float32(shape, values)]]))).values();
    return toFloat64(found!);
  } finally {
    await program.release();
  }
}
