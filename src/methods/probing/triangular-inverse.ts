/** Below this size a triangle is inverted in place of being cut. */
const smallest = 96;

/** a·b for row-major [m, k], or [k, m] if it is to be transposed, and [k, n], in float32. */
export type Multiply = (a: Float32Array, b: Float32Array, m: number, k: number, n: number, transposed?: boolean) => Promise<Float32Array>;

/**
 * L⁻¹ of a lower triangle, by halves: [[A, 0], [B, C]]⁻¹ = [[A⁻¹, 0], [−C⁻¹·B·A⁻¹, C⁻¹]], so that nearly all of the work is
 * matrix products. In float32: it serves as a preconditioner, where its last digits cost nothing.
 */
export async function invertLower(l: Float64Array, size: number, multiply: Multiply): Promise<Float32Array> {
  const inverse = new Float32Array(size * size);
  await fill(inverse, l, size, 0, size, multiply);
  return inverse;
}

async function fill(inverse: Float32Array, l: Float64Array, size: number, from: number, count: number, multiply: Multiply): Promise<void> {
  if (count <= smallest) return invertSmall(inverse, l, size, from, count);
  const half = Math.ceil(count / 2);
  const rest = count - half;
  await fill(inverse, l, size, from, half, multiply);
  await fill(inverse, l, size, from + half, rest, multiply);
  const below = block(l, size, from + half, from, rest, half);
  const first = block(inverse, size, from, from, half, half);
  const second = block(inverse, size, from + half, from + half, rest, rest);
  const product = await multiply(second, await multiply(below, first, rest, half, half), rest, rest, half);
  for (let r = 0; r < rest; r++) for (let c = 0; c < half; c++) inverse[(from + half + r) * size + from + c] = -product[r * half + c]!;
}

function block(matrix: Float32Array | Float64Array, size: number, row: number, column: number, rows: number, columns: number): Float32Array {
  const out = new Float32Array(rows * columns);
  for (let r = 0; r < rows; r++) out.set(matrix.subarray((row + r) * size + column, (row + r) * size + column + columns), r * columns);
  return out;
}

/** Column by column: the triangle times the inverse is the identity. */
function invertSmall(inverse: Float32Array, l: Float64Array, size: number, from: number, count: number): void {
  const column = new Float64Array(count);
  for (let c = 0; c < count; c++) {
    for (let r = c; r < count; r++) {
      const row = (from + r) * size + from;
      let sum = r === c ? 1 : 0;
      for (let k = c; k < r; k++) sum -= l[row + k]! * column[k]!;
      column[r] = sum / l[row + r]!;
      inverse[row + c] = column[r]!;
    }
  }
}
