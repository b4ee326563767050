/**
 * An image parametrized by Fourier coefficients divided by their frequency, so that a step of equal length changes coarse
 * and fine structure in the proportion of natural images (Olah, Mordvintsev, Schubert 2017, "Preconditioning").
 */
import type { Builder, Value } from "../../graph/builder.ts";
import { fromFloat64 } from "../../tensor/tensor.ts";
import type { DType } from "../../tensor/dtype.ts";

/** The number of columns of the half spectrum of a real image. */
export const halfColumns = (columns: number): number => Math.floor(columns / 2) + 1;

/** The shape of the parameters: real parts above imaginary parts, [batch, channel, 2·rows, half columns]. */
export const spectrumShape = (
  batch: number,
  channels: number,
  rows: number,
  columns: number,
): readonly [number, number, number, number] => [batch, channels, 2 * rows, halfColumns(columns)];

const frequency = (index: number, extent: number): number => (index < extent / 2 ? index : index - extent) / extent;

/** lucid's scale 1 / max(f, 1 / max(rows, columns))^decay · √(rows · columns), for an inverse transform that divides by rows · columns. */
export function spectrumScale(rows: number, columns: number, decay: number): Float64Array {
  const half = halfColumns(columns);
  const lowest = 1 / Math.max(rows, columns);
  return Float64Array.from({ length: rows * half }, (_, i) => {
    const f = Math.hypot(frequency(Math.floor(i / half), rows), frequency(i % half, columns));
    return Math.sqrt(rows * columns) / Math.max(f, lowest) ** decay;
  });
}

/**
 * The real image of a spectrum, x[r, c] = Σ F[k, l] e^{2πi(kr/rows + lc/columns)} / (rows · columns) over all k and l. It is
 * computed as products with constant matrices: first over rows, where the numbers are complex, then over columns, where
 * the coefficients missing from the half spectrum are the conjugates of those in it.
 */
export function imageOfSpectrum(b: Builder, spectrum: Value, columns: number, decay: number, factor: number): Value {
  const [batch, channels, doubled] = spectrum.shape as readonly [number, number, number, number];
  const rows = doubled / 2;
  const half = halfColumns(columns);
  const { dtype } = spectrum;
  const scale = spectrumScale(rows, columns, decay);
  const scaled = b.mul(
    spectrum,
    matrix(b, dtype, 2 * rows, half, (k, l) => scale[(k % rows) * half + l]! * (factor / (rows * columns))),
  );
  const angle = (k: number, r: number): number => (2 * Math.PI * ((k * r) % rows)) / rows;
  const overRows = matrix(b, dtype, 2 * rows, 2 * rows, (i, j) => {
    const a = angle(i % rows, j % rows);
    return i < rows === j < rows ? Math.cos(a) : i < rows ? -Math.sin(a) : Math.sin(a);
  });
  const complex = b.matmul(overRows, scaled);
  const turn = (l: number, c: number): number => (2 * Math.PI * ((l * c) % columns)) / columns;
  const twice = (l: number): number => (l === 0 || 2 * l === columns ? 1 : 2);
  const cosines = matrix(b, dtype, half, columns, (l, c) => twice(l) * Math.cos(turn(l, c)));
  const sines = matrix(b, dtype, half, columns, (l, c) => -twice(l) * Math.sin(turn(l, c)));
  const real = b.slice(complex, [2], [0], [rows]);
  const imaginary = b.slice(complex, [2], [rows], [2 * rows]);
  return b.reshape(b.add(b.matmul(real, cosines), b.matmul(imaginary, sines)), [batch, channels, rows, columns]);
}

function matrix(
  b: Builder,
  dtype: DType,
  rows: number,
  columns: number,
  at: (row: number, column: number) => number,
): Value {
  const values = new Float64Array(rows * columns);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) values[r * columns + c] = at(r, c);
  return b.tensor(fromFloat64(dtype, [rows, columns], values));
}
