/** The closeness 1 / (1 + a·d^(2b)) of two points of a layout at distance d. */
export interface Closeness {
  readonly a: number;
  readonly b: number;
}

const samples = 300;

/**
 * Fits a and b, by least squares, to a closeness that is 1 up to `minimum` and then falls as exp(−(d − minimum) / spread),
 * at 300 distances from 0 to 3·spread (McInnes, Healy, Melville 2018, §3.2). Levenberg and Marquardt's method.
 */
export function fitCloseness(minimum: number, spread: number): Closeness {
  const xs = Float64Array.from({ length: samples }, (_, i) => (i * 3 * spread) / (samples - 1));
  const ys = xs.map((x) => (x < minimum ? 1 : Math.exp(-(x - minimum) / spread)));
  let fit: Closeness = { a: 1, b: 1 };
  let error = errorOf(xs, ys, fit);
  let damping = 1e-3;
  for (let step = 0; step < 500 && damping < 1e12; step++) {
    const next = stepped(xs, ys, fit, damping);
    const nextError = next.a > 0 && next.b > 0 ? errorOf(xs, ys, next) : Infinity;
    if (nextError < error) {
      [fit, error, damping] = [next, nextError, damping / 10];
    } else damping *= 10;
  }
  return fit;
}

const closeness = (x: number, { a, b }: Closeness): number => 1 / (1 + a * x ** (2 * b));

const errorOf = (xs: Float64Array, ys: Float64Array, fit: Closeness): number =>
  xs.reduce((sum, x, i) => sum + (closeness(x, fit) - ys[i]!) ** 2, 0);

function stepped(xs: Float64Array, ys: Float64Array, fit: Closeness, damping: number): Closeness {
  let [aa, ab, bb, ga, gb] = [0, 0, 0, 0, 0];
  // The closeness at 0 is 1 whatever a and b are.
  for (let i = 1; i < xs.length; i++) {
    const x = xs[i]!;
    const value = closeness(x, fit);
    const power = x ** (2 * fit.b);
    const da = -value * value * power;
    const db = -value * value * fit.a * power * 2 * Math.log(x);
    const residual = value - ys[i]!;
    aa += da * da;
    ab += da * db;
    bb += db * db;
    ga += da * residual;
    gb += db * residual;
  }
  aa *= 1 + damping;
  bb *= 1 + damping;
  const determinant = aa * bb - ab * ab;
  return { a: fit.a - (bb * ga - ab * gb) / determinant, b: fit.b - (aa * gb - ab * ga) / determinant };
}
