const block = 32;

/** Writes `values`, [row, column], to `out` as [column, row], block by block, so that both source and target stay in the cache. */
export function transposeInto<T extends Float32Array | Float64Array>(
  out: T,
  values: Float32Array | Float64Array,
  rows: number,
  columns: number,
): T {
  for (let r0 = 0; r0 < rows; r0 += block) {
    const r1 = Math.min(rows, r0 + block);
    for (let c0 = 0; c0 < columns; c0 += block) {
      const c1 = Math.min(columns, c0 + block);
      for (let c = c0; c < c1; c++) for (let r = r0; r < r1; r++) out[c * rows + r] = values[r * columns + c]!;
    }
  }
  return out;
}
