/** A matrix inside a flat array: element (i, j) lies at `offset + i·row + j·column`, so a transpose is a swap of strides. */
export interface MatrixView {
  readonly data: Float64Array;
  readonly offset: number;
  readonly row: number;
  readonly column: number;
}

const tile = 4;
const depthBlock = 256;
const rowBlock = 64;
const columnBlock = 512;

const packedA = new Float64Array(rowBlock * depthBlock);
const packedB = new Float64Array(columnBlock * depthBlock);
const corner = new Float64Array(tile * tile);

/**
 * C += A·B for A of m×k and B of k×n, in double precision. Blocks of both are packed into tiles of
 * four that the kernel reads in order (Goto and van de Geijn 2008), which makes plain JavaScript
 * run at 2 to 3 GMAC/s: whole networks go through the reference.
 */
export function gemm(
  m: number,
  n: number,
  k: number,
  a: MatrixView,
  b: MatrixView,
  c: Float64Array,
  offset = 0,
  stride = n,
): void {
  for (let p = 0; p < k; p += depthBlock) {
    const depth = Math.min(depthBlock, k - p);
    for (let j = 0; j < n; j += columnBlock) {
      const columns = Math.min(columnBlock, n - j);
      pack(packedB, b.data, b.offset + p * b.row + j * b.column, columns, depth, b.column, b.row);
      for (let i = 0; i < m; i += rowBlock) {
        const rows = Math.min(rowBlock, m - i);
        pack(packedA, a.data, a.offset + i * a.row + p * a.column, rows, depth, a.row, a.column);
        multiplyBlock(rows, columns, depth, c, offset + i * stride + j, stride);
      }
    }
  }
}

/** Copies `lines` lines of `depth` elements into tiles: four lines interleaved, missing ones zero. */
function pack(
  to: Float64Array,
  from: Float64Array,
  offset: number,
  lines: number,
  depth: number,
  lineStride: number,
  step: number,
): void {
  for (let l = 0, at = 0; l < lines; l += tile, at += tile * depth) {
    if (l + tile <= lines) {
      let i0 = offset + l * lineStride;
      let i1 = i0 + lineStride;
      let i2 = i1 + lineStride;
      let i3 = i2 + lineStride;
      for (let q = at; q < at + tile * depth; q += tile, i0 += step, i1 += step, i2 += step, i3 += step) {
        to[q] = from[i0]!;
        to[q + 1] = from[i1]!;
        to[q + 2] = from[i2]!;
        to[q + 3] = from[i3]!;
      }
    } else {
      for (let p = 0; p < depth; p++) {
        for (let t = 0; t < tile; t++)
          to[at + p * tile + t] = l + t < lines ? from[offset + (l + t) * lineStride + p * step]! : 0;
      }
    }
  }
}

function multiplyBlock(
  rows: number,
  columns: number,
  depth: number,
  c: Float64Array,
  offset: number,
  stride: number,
): void {
  for (let j = 0; j < columns; j += tile) {
    const width = Math.min(tile, columns - j);
    for (let i = 0; i < rows; i += tile) {
      const height = Math.min(tile, rows - i);
      if (width === tile && height === tile)
        multiplyTile(depth, i * depth, j * depth, c, offset + i * stride + j, stride);
      else {
        corner.fill(0);
        multiplyTile(depth, i * depth, j * depth, corner, 0, tile);
        for (let y = 0; y < height; y++)
          for (let x = 0; x < width; x++) c[offset + (i + y) * stride + j + x]! += corner[y * tile + x]!;
      }
    }
  }
}

/** Sixteen sums in registers over one packed tile of A and one of B. */
function multiplyTile(depth: number, ai: number, bi: number, c: Float64Array, at: number, stride: number): void {
  const a = packedA;
  const b = packedB;
  let c00 = 0,
    c01 = 0,
    c02 = 0,
    c03 = 0;
  let c10 = 0,
    c11 = 0,
    c12 = 0,
    c13 = 0;
  let c20 = 0,
    c21 = 0,
    c22 = 0,
    c23 = 0;
  let c30 = 0,
    c31 = 0,
    c32 = 0,
    c33 = 0;
  for (let p = 0; p < depth; p++, ai += tile, bi += tile) {
    const b0 = b[bi]!,
      b1 = b[bi + 1]!,
      b2 = b[bi + 2]!,
      b3 = b[bi + 3]!;
    const a0 = a[ai]!;
    c00 += a0 * b0;
    c01 += a0 * b1;
    c02 += a0 * b2;
    c03 += a0 * b3;
    const a1 = a[ai + 1]!;
    c10 += a1 * b0;
    c11 += a1 * b1;
    c12 += a1 * b2;
    c13 += a1 * b3;
    const a2 = a[ai + 2]!;
    c20 += a2 * b0;
    c21 += a2 * b1;
    c22 += a2 * b2;
    c23 += a2 * b3;
    const a3 = a[ai + 3]!;
    c30 += a3 * b0;
    c31 += a3 * b1;
    c32 += a3 * b2;
    c33 += a3 * b3;
  }
  c[at]! += c00;
  c[at + 1]! += c01;
  c[at + 2]! += c02;
  c[at + 3]! += c03;
  at += stride;
  c[at]! += c10;
  c[at + 1]! += c11;
  c[at + 2]! += c12;
  c[at + 3]! += c13;
  at += stride;
  c[at]! += c20;
  c[at + 1]! += c21;
  c[at + 2]! += c22;
  c[at + 3]! += c23;
  at += stride;
  c[at]! += c30;
  c[at + 1]! += c31;
  c[at + 2]! += c32;
  c[at + 3]! += c33;
}
