import { GlassboxError } from "../../tensor/errors.ts";
import type { Matrix } from "./matrix.ts";
import { reflectionOf } from "./qr.ts";

/** A complex number. */
export interface Complex {
  readonly re: number;
  readonly im: number;
}

const mostSteps = 60;

/**
 * The eigenvalues of a real square matrix, by falling size: reduction to Hessenberg form by reflections, then the QR
 * algorithm with Wilkinson's shift in complex arithmetic (Golub, Van Loan, Matrix Computations, sections 7.4 and 7.5).
 */
export function eigenvalues(a: Matrix): readonly Complex[] {
  if (a.rows !== a.columns) throw new RangeError(`eigenvalues of ${a.rows} × ${a.columns}`);
  if (!a.data.every(Number.isFinite))
    throw new GlassboxError("unsupported", "eigenvalues of numbers that are not finite", {
      hint: "The weights are damaged, or overflow.",
    });
  const h = new ComplexHessenberg(hessenberg(a), a.rows);
  const found: Complex[] = [];
  let steps = 0;
  for (let last = a.rows - 1; last >= 0;) {
    const first = h.blockStart(last);
    if (first === last) {
      found.push(h.diagonal(last));
      last--;
      steps = 0;
    } else if (steps++ < mostSteps) h.step(first, last, steps % 10 === 0);
    else throw new GlassboxError("unsupported", "the eigenvalues of a head's matrix do not converge");
  }
  return found.sort((x, y) => Math.hypot(y.re, y.im) - Math.hypot(x.re, x.im));
}

/** A similar matrix with zeros below the first subdiagonal. */
function hessenberg({ rows: n, data }: Matrix): Float64Array {
  const h = data.slice();
  for (let k = 0; k < n - 2; k++) {
    const v = reflectionOf(
      Float64Array.from({ length: n }, (_, i) => h[i * n + k]!),
      k + 1,
    );
    for (let j = 0; j < n; j++) {
      let along = 0;
      for (let i = k + 1; i < n; i++) along += v[i]! * h[i * n + j]!;
      for (let i = k + 1; i < n; i++) h[i * n + j] = h[i * n + j]! - 2 * along * v[i]!;
    }
    for (let i = 0; i < n; i++) {
      let along = 0;
      for (let j = k + 1; j < n; j++) along += v[j]! * h[i * n + j]!;
      for (let j = k + 1; j < n; j++) h[i * n + j] = h[i * n + j]! - 2 * along * v[j]!;
    }
  }
  return h;
}

/** A complex Hessenberg matrix, real and imaginary parts row-major. Only eigenvalues are wanted, so a step stays in its block. */
class ComplexHessenberg {
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  readonly #size: number;

  constructor(real: Float64Array, size: number) {
    this.#re = real;
    this.#im = new Float64Array(real.length);
    this.#size = size;
    for (let i = 2; i < size; i++) real.fill(0, i * size, i * size + i - 1);
  }

  diagonal(i: number): Complex {
    const at = i * this.#size + i;
    return { re: this.#re[at]!, im: this.#im[at]! };
  }

  /** The first row of the block that ends with `last`: above it the subdiagonal is negligible, and becomes zero. */
  blockStart(last: number): number {
    for (let i = last; i > 0; i--) {
      const below = i * this.#size + i - 1;
      const size = this.#abs(below);
      const beside = this.#abs((i - 1) * this.#size + i - 1) + this.#abs(i * this.#size + i);
      if (size > Number.EPSILON * (beside || this.#largest())) continue;
      this.#re[below] = 0;
      this.#im[below] = 0;
      return i;
    }
    return 0;
  }

  /** One step H − μ = Q·R, H ← R·Q + μ on the block [first, last]. An exceptional shift breaks cycles. */
  step(first: number, last: number, exceptional: boolean): void {
    const n = this.#size;
    const shift = exceptional ? { re: this.#abs(last * n + last - 1), im: 0 } : this.#wilkinson(last);
    this.#shift(first, last, { re: -shift.re, im: -shift.im });
    const rotations: { readonly c: number; readonly re: number; readonly im: number }[] = [];
    for (let k = first; k < last; k++) {
      const rotation = this.#rotation(k * n + k, (k + 1) * n + k);
      rotations.push(rotation);
      for (let j = k; j <= last; j++) this.#rotateRows(k * n + j, (k + 1) * n + j, rotation);
    }
    rotations.forEach((rotation, i) => {
      const k = first + i;
      for (let row = first; row <= Math.min(k + 1, last); row++)
        this.#rotateColumns(row * n + k, row * n + k + 1, rotation);
    });
    this.#shift(first, last, shift);
  }

  #abs(at: number): number {
    return Math.hypot(this.#re[at]!, this.#im[at]!);
  }

  #largest(): number {
    return this.#re.reduce((most, x) => Math.max(most, Math.abs(x)), 0) || 1;
  }

  #shift(first: number, last: number, { re, im }: Complex): void {
    for (let i = first; i <= last; i++) {
      const at = i * this.#size + i;
      this.#re[at] = this.#re[at]! + re;
      this.#im[at] = this.#im[at]! + im;
    }
  }

  /** The eigenvalue of the last 2 × 2 block that is closer to its last entry. */
  #wilkinson(last: number): Complex {
    const n = this.#size;
    const at = (i: number, j: number): Complex => ({ re: this.#re[i * n + j]!, im: this.#im[i * n + j]! });
    const [a, b, c, d] = [at(last - 1, last - 1), at(last - 1, last), at(last, last - 1), at(last, last)];
    const half = { re: (a.re - d.re) / 2, im: (a.im - d.im) / 2 };
    const product = times(b, c);
    const square = times(half, half);
    const root = squareRoot({ re: square.re + product.re, im: square.im + product.im });
    const [plus, minus] = [
      { re: half.re + root.re, im: half.im + root.im },
      { re: half.re - root.re, im: half.im - root.im },
    ];
    const near = Math.hypot(plus.re, plus.im) < Math.hypot(minus.re, minus.im) ? plus : minus;
    return { re: d.re + near.re, im: d.im + near.im };
  }

  /** The rotation [c, s; −s̄, c] with real c that takes (x, y) to (r, 0). */
  #rotation(x: number, y: number): { readonly c: number; readonly re: number; readonly im: number } {
    const [sizeX, sizeY] = [this.#abs(x), this.#abs(y)];
    if (sizeY === 0) return { c: 1, re: 0, im: 0 };
    const length = Math.hypot(sizeX, sizeY);
    const phase = sizeX === 0 ? { re: 1, im: 0 } : { re: this.#re[x]! / sizeX, im: this.#im[x]! / sizeX };
    const s = times(phase, { re: this.#re[y]! / length, im: -this.#im[y]! / length });
    return { c: sizeX / length, ...s };
  }

  #rotateRows(x: number, y: number, { c, re, im }: { c: number; re: number; im: number }): void {
    const [xr, xi, yr, yi] = [this.#re[x]!, this.#im[x]!, this.#re[y]!, this.#im[y]!];
    this.#re[x] = c * xr + re * yr - im * yi;
    this.#im[x] = c * xi + re * yi + im * yr;
    this.#re[y] = c * yr - (re * xr + im * xi);
    this.#im[y] = c * yi - (re * xi - im * xr);
  }

  /** The rotation's adjoint from the right. */
  #rotateColumns(x: number, y: number, { c, re, im }: { c: number; re: number; im: number }): void {
    const [xr, xi, yr, yi] = [this.#re[x]!, this.#im[x]!, this.#re[y]!, this.#im[y]!];
    this.#re[x] = c * xr + (re * yr + im * yi);
    this.#im[x] = c * xi + (re * yi - im * yr);
    this.#re[y] = c * yr - (re * xr - im * xi);
    this.#im[y] = c * yi - (re * xi + im * xr);
  }
}

const times = (x: Complex, y: Complex): Complex => ({ re: x.re * y.re - x.im * y.im, im: x.re * y.im + x.im * y.re });

function squareRoot({ re, im }: Complex): Complex {
  const size = Math.hypot(re, im);
  const real = Math.sqrt((size + Math.abs(re)) / 2);
  if (real === 0) return { re: 0, im: 0 };
  const other = im / (2 * real);
  return re >= 0 ? { re: real, im: other } : { re: Math.abs(other), im: im < 0 ? -real : real };
}
