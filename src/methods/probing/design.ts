import { Builder, type Value } from "../../graph/builder.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import type { Shape } from "../../tensor/shape.ts";
import { float32 } from "../../tensor/tensor.ts";

/** Features of samples, [rows, columns] row-major, in double precision. */
export interface Features {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/** The means and deviations for standardising, computed from training rows only. */
export interface Standardization {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/** Column means and population deviations (ddof 0). A column that is constant up to rounding is divided by 1, as in scikit-learn. */
export function standardizationOf({ rows, columns, data }: Features, among: ArrayLike<number>): Standardization {
  const mean = new Float64Array(columns);
  const variance = new Float64Array(columns);
  const count = among.length;
  if (rows < count) throw new RangeError(`${count} rows cannot be among ${rows}`);
  for (let i = 0; i < count; i++)
    for (let c = 0, at = among[i]! * columns; c < columns; c++, at++) mean[c] = mean[c]! + data[at]!;
  for (let c = 0; c < columns; c++) mean[c] = mean[c]! / count;
  for (let i = 0; i < count; i++) {
    for (let c = 0, at = among[i]! * columns; c < columns; c++, at++) {
      const from = data[at]! - mean[c]!;
      variance[c] = variance[c]! + from * from;
    }
  }
  const constant = (spread: number, c: number): boolean =>
    spread <= count * Number.EPSILON * spread + (count * mean[c]! * Number.EPSILON) ** 2;
  return { mean, deviation: variance.map((sum, c) => (constant(sum / count, c) ? 1 : Math.sqrt(sum / count))) };
}

/** The selected rows, standardised. */
export function standardized(
  { columns, data }: Features,
  { mean, deviation }: Standardization,
  among: ArrayLike<number>,
): Features {
  const out = new Float64Array(among.length * columns);
  for (let i = 0; i < among.length; i++) {
    for (let c = 0, from = among[i]! * columns, to = i * columns; c < columns; c++)
      out[to + c] = (data[from + c]! - mean[c]!) / deviation[c]!;
  }
  return { rows: among.length, columns, data: out };
}

/** XᵀX with an additional last row and column for a constant feature of 1: [columns + 1, columns + 1]. */
export type Gram = Float32Array;
/** XXᵀ: [rows, rows]. */
export type Kernel = Float32Array;

/**
 * Σᵢ ωᵢ x̃ᵢx̃ᵢᵀ by the runtime's matrix product, in float32: it only preconditions, so the solution does not depend on its
 * last digits. With ω = 1, the default, it is the same for every label, fold, C and control on the same features.
 */
export function gramOf({ rows, columns, data }: Features, runtime: Runtime, weights?: Float64Array): Promise<Gram> {
  const width = columns + 1;
  const values = new Float32Array(rows * width);
  for (let r = 0, at = 0, to = 0; r < rows; r++) {
    const root = weights ? Math.sqrt(weights[r]!) : 1;
    for (let c = 0; c < columns; c++) values[to++] = data[at++]! * root;
    values[to++] = root;
  }
  return productOf(values, [rows, width], runtime, (b, x) => b.matmul(b.transpose(x, [1, 0]), x));
}

/** The dot products of the rows with each other, also in float32: smaller than the Gram matrix if there are fewer rows than columns. `values` are the features in float32. */
export const kernelOf = ({ rows, columns }: Features, values: Float32Array, runtime: Runtime): Promise<Kernel> =>
  productOf(values, [rows, columns], runtime, (b, x) => b.matmul(x, b.transpose(x, [1, 0])));

async function productOf(
  values: Float32Array,
  shape: Shape,
  runtime: Runtime,
  product: (b: Builder, x: Value) => Value,
): Promise<Float32Array> {
  const b = new Builder(coreOperators);
  const program = await runtime.compile(b.finish([product(b, b.input("x", { dtype: "float32", shape }))]), {
    effort: "light",
  });
  try {
    const [found] = (await program.run(new Map([["x", float32(shape, values)]]))).values();
    return found!.data as Float32Array;
  } finally {
    await program.release();
  }
}
