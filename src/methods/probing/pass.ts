import type { Features } from "./design.ts";

/**
 * What a solver asks of the data: 1/total · Σᵢ x̃ᵢ g(x̃ᵢ·v)ᵀ, where x̃ has a last feature of 1 and `transform` is g, in place.
 * `exact` asks for double precision.
 */
export interface Pass {
  readonly kind: "pass";
  /** v: [column + 1, output]. */
  readonly parameters: Float64Array;
  readonly outputs: number;
  readonly total: number;
  readonly exact: boolean;
  readonly transform: (z: Float64Array, row: number) => void;
}

/** One pass in double precision: a row is read once and is still in the cache the second time. */
export const passOver = (x: Features, { parameters, outputs, total, transform }: Pass): Float64Array =>
  outputs === 1 ? oneOutput(x, parameters, total, transform) : manyOutputs(x, parameters, outputs, total, transform);

function oneOutput({ rows, columns, data }: Features, v: Float64Array, total: number, transform: (z: Float64Array, row: number) => void): Float64Array {
  const out = new Float64Array(columns + 1);
  const z = new Float64Array(1);
  const whole = columns - (columns % 4);
  for (let row = 0, at = 0; row < rows; row++, at += columns) {
    let s0 = v[columns]!;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let c = 0; c < whole; c += 4) {
      s0 += data[at + c]! * v[c]!;
      s1 += data[at + c + 1]! * v[c + 1]!;
      s2 += data[at + c + 2]! * v[c + 2]!;
      s3 += data[at + c + 3]! * v[c + 3]!;
    }
    for (let c = whole; c < columns; c++) s0 += data[at + c]! * v[c]!;
    z[0] = s0 + s1 + s2 + s3;
    transform(z, row);
    const g = z[0]! / total;
    for (let c = 0; c < columns; c++) out[c] = out[c]! + g * data[at + c]!;
    out[columns] = out[columns]! + g;
  }
  return out;
}

function manyOutputs({ rows, columns, data }: Features, v: Float64Array, outputs: number, total: number, transform: (z: Float64Array, row: number) => void): Float64Array {
  const out = new Float64Array((columns + 1) * outputs);
  const z = new Float64Array(outputs);
  for (let row = 0, at = 0; row < rows; row++, at += columns) {
    for (let k = 0; k < outputs; k++) z[k] = v[columns * outputs + k]!;
    for (let c = 0, w = 0; c < columns; c++, w += outputs) {
      const value = data[at + c]!;
      for (let k = 0; k < outputs; k++) z[k] = z[k]! + value * v[w + k]!;
    }
    transform(z, row);
    for (let k = 0; k < outputs; k++) z[k] = z[k]! / total;
    for (let c = 0, w = 0; c < columns; c++, w += outputs) {
      const value = data[at + c]!;
      for (let k = 0; k < outputs; k++) out[w + k] = out[w + k]! + value * z[k]!;
    }
    for (let k = 0, w = columns * outputs; k < outputs; k++) out[w + k] = out[w + k]! + z[k]!;
  }
  return out;
}
