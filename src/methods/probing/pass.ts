import type { Features } from "./design.ts";
import { transposeInto } from "./transpose.ts";

/**
 * A solver's request for a pass over the data: 1/total · Σᵢ x̃ᵢ g(x̃ᵢ·v)ᵀ, where x̃ has an additional last feature of 1, and
 * `transform` computes g in place. `exact` requires double precision.
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

/** The number of rows that are processed together: each loaded parameter is used for all of them, and each sum is stored once. */
const abreast = 4;

/** One pass in double precision. Each row is read twice, and the second time it is still in the cache. */
export function passOver(
  { rows, columns, data }: Features,
  { parameters, outputs, total, transform }: Pass,
): Float64Array {
  const v = transposeInto(new Float64Array(parameters.length), parameters, columns + 1, outputs);
  const sums = new Float64Array(v.length);
  const z = new Float64Array(outputs * abreast);
  const own = Array.from({ length: abreast }, (_, i) => z.subarray(i * outputs, (i + 1) * outputs));
  for (let row = 0; row < rows; row += abreast) {
    const at = startsAbreast(row, rows, columns);
    scoresAbreast(data, at, columns, v, outputs, z);
    for (let i = 0; i < abreast; i++) {
      if (row + i < rows) transform(own[i]!, row + i);
      else own[i]!.fill(0);
    }
    for (let i = 0; i < z.length; i++) z[i] = z[i]! / total;
    addAbreast(data, at, columns, z, outputs, sums);
  }
  return transposeInto(new Float64Array(sums.length), sums, outputs, columns + 1);
}

/** The scores of rows in double precision, [row, output], for parameters [column + 1, output]. */
export function scoresOver({ rows, columns, data }: Features, parameters: Float64Array, outputs: number): Float64Array {
  const v = transposeInto(new Float64Array(parameters.length), parameters, columns + 1, outputs);
  const z = new Float64Array(outputs * abreast);
  const scores = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row += abreast) {
    scoresAbreast(data, startsAbreast(row, rows, columns), columns, v, outputs, z);
    scores.set(z.subarray(0, Math.min(abreast, rows - row) * outputs), row * outputs);
  }
  return scores;
}

/** The offsets of `abreast` rows. Beyond the end, the last row is repeated. */
type Starts = readonly [number, number, number, number];

function startsAbreast(row: number, rows: number, columns: number): Starts {
  const start = (ahead: number): number => Math.min(row + ahead, rows - 1) * columns;
  return [start(0), start(1), start(2), start(3)];
}

/** z ← x̃·v for these rows, [row, output]. */
function scoresAbreast(
  data: Float64Array,
  at: Starts,
  columns: number,
  v: Float64Array,
  outputs: number,
  z: Float64Array,
): void {
  const [a, b, c, d] = at;
  for (let k = 0; k < outputs; k++) {
    const w = k * (columns + 1);
    let sa = v[w + columns]!;
    let sb = sa;
    let sc = sa;
    let sd = sa;
    for (let i = 0; i < columns; i++) {
      const weight = v[w + i]!;
      sa += data[a + i]! * weight;
      sb += data[b + i]! * weight;
      sc += data[c + i]! * weight;
      sd += data[d + i]! * weight;
    }
    z[k] = sa;
    z[outputs + k] = sb;
    z[2 * outputs + k] = sc;
    z[3 * outputs + k] = sd;
  }
}

/** sums ← sums + Σ z·x̃ᵀ for these rows, [output, column + 1]. */
function addAbreast(
  data: Float64Array,
  at: Starts,
  columns: number,
  z: Float64Array,
  outputs: number,
  sums: Float64Array,
): void {
  const [a, b, c, d] = at;
  for (let k = 0; k < outputs; k++) {
    const w = k * (columns + 1);
    const za = z[k]!;
    const zb = z[outputs + k]!;
    const zc = z[2 * outputs + k]!;
    const zd = z[3 * outputs + k]!;
    for (let i = 0; i < columns; i++)
      sums[w + i] = sums[w + i]! + (za * data[a + i]! + zb * data[b + i]! + (zc * data[c + i]! + zd * data[d + i]!));
    sums[w + columns] = sums[w + columns]! + (za + zb + (zc + zd));
  }
}
