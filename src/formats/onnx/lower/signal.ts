import { normalizeAxis } from "../../../tensor/shape.ts";
import { elementTypeOf } from "../element-types.ts";
import { graphDTypeOf } from "../weights.ts";
import type { Value } from "../../../graph/builder.ts";
import { otherwise, type Lower, type LoweringContext, type Lowerings } from "./context.ts";

/** Sums of cosines over a window of known length: Σ aₖ cos(2πki/N), N one less if symmetric. */
const window =
  (coefficients: readonly number[]): Lower =>
  (c) => {
    const size = c.required(0, "size")[0]!;
    const span = c.flag("periodic", true) ? size : size - 1;
    const dtype = graphDTypeOf(elementTypeOf(c.integer("output_datatype", 1)), c.where);
    return c.literal(dtype, [size], (i) =>
      coefficients.reduce((sum, a, k) => sum + a * Math.cos((2 * Math.PI * k * i) / span), 0),
    );
  };

/** cos and −sin of 2πkn/N, [n, k]; with `inverse` their conjugates over N. */
function fourier(
  c: LoweringContext,
  samples: number,
  bins: number,
  length: number,
  inverse: boolean,
): { re: Value; im: Value } {
  const wave = (f: (angle: number) => number): Value =>
    c.literal(
      "float32",
      [samples, bins],
      (i) => f((2 * Math.PI * ((Math.floor(i / bins) * (i % bins)) % length)) / length) / (inverse ? length : 1),
    );
  return { re: wave(Math.cos), im: wave(inverse ? Math.sin : (angle) => -Math.sin(angle)) };
}

/** [..., n, 1 or 2] along its second-last axis to [..., k, 2]. */
function transformed(c: LoweringContext, x: Value, length: number, bins: number, inverse: boolean): Value {
  const { b } = c;
  const axis = x.shape.length - 2;
  const samples = Math.min(x.shape[axis]!, length);
  const cut = b.slice(x, [axis], [0], [samples]);
  const row = (part: number): Value => {
    const values = b.slice(cut, [axis + 1], [part], [part + 1]);
    return b.reshape(values, [...values.shape.slice(0, axis), 1, samples]);
  };
  const { re, im } = fourier(c, samples, bins, length, inverse);
  const real = row(0);
  const parts =
    x.shape[axis + 1] === 1
      ? [b.matmul(real, re), b.matmul(real, im)]
      : [b.sub(b.matmul(real, re), b.matmul(row(1), im)), b.add(b.matmul(real, im), b.matmul(row(1), re))];
  return b.concat(
    parts.map((part) => b.reshape(part, [...x.shape.slice(0, axis), bins, 1])),
    axis + 1,
  );
}

/** The discrete Fourier transform as a product with its matrix. */
function dft(c: LoweringContext): Value {
  const { b } = c;
  const x = c.input(0);
  const rank = x.shape.length;
  const axis = normalizeAxis(c.version < 20 ? c.integer("axis", 1) : (c.number(2, "axis") ?? -2), rank);
  const inverse = c.flag("inverse");
  const onesided = c.flag("onesided");
  if (inverse && onesided) return inverseOfReal(c, x, axis);
  const length = c.number(1, "length") ?? x.shape[axis]!;
  const bins = onesided ? Math.floor(length / 2) + 1 : length;
  const swap = x.shape.map((_, i) => (i === axis ? rank - 2 : i === rank - 2 ? axis : i));
  return b.transpose(transformed(c, b.transpose(x, swap), length, bins, inverse), swap);
}

/** The other half of a real signal's spectrum is the conjugate, so inner bins count twice. */
function inverseOfReal(c: LoweringContext, x: Value, axis: number): Value {
  const { b } = c;
  const rank = x.shape.length;
  const length = c.number(1, "length") ?? 2 * (x.shape[axis]! - 1);
  const bins = Math.min(x.shape[axis]!, Math.floor(length / 2) + 1);
  const swap = x.shape.map((_, i) => (i === axis ? rank - 2 : i === rank - 2 ? axis : i));
  const spectrum = b.slice(b.transpose(x, swap), [rank - 2], [0], [bins]);
  const weight = (k: number): number => (k === 0 || 2 * k === length ? 1 : 2) / length;
  const wave = (f: (angle: number) => number): Value =>
    c.literal(
      "float32",
      [bins, length],
      (i) =>
        weight(Math.floor(i / length)) * f((2 * Math.PI * ((Math.floor(i / length) * (i % length)) % length)) / length),
    );
  const row = (part: number): Value => {
    const values = b.slice(spectrum, [rank - 1], [part], [part + 1]);
    return b.reshape(values, [...values.shape.slice(0, rank - 2), 1, bins]);
  };
  const real = b.matmul(row(0), wave(Math.cos));
  const signal = x.shape[rank - 1] === 1 ? real : b.sub(real, b.matmul(row(1), wave(Math.sin)));
  return b.transpose(b.reshape(signal, [...spectrum.shape.slice(0, rank - 2), length, 1]), swap);
}

/** Frames of the signal, windowed, transformed. */
function shortTime(c: LoweringContext): Value {
  const { b } = c;
  const x = c.input(0).shape.length === 2 ? b.reshape(c.input(0), [...c.input(0).shape, 1]) : c.input(0);
  const [batch, length, parts] = x.shape as [number, number, number];
  const step = c.number(1, "step") ?? c.refuse("it has no step");
  const given = c.optional(2);
  const size = c.number(3, "frame length") ?? given?.shape[0] ?? c.refuse("it has no frame length");
  const frames = Math.floor((length - size) / step) + 1;
  const places = c.literal("int64", [frames, size], (i) => Math.floor(i / size) * step + (i % size));
  const cut = b.reshape(c.apply("Gather", [x, places], { axis: 1 }), [batch, frames, size, parts]);
  const windowed = given ? b.mul(cut, b.reshape(given, [size, 1])) : cut;
  return transformed(c, windowed, size, c.flag("onesided", true) ? Math.floor(size / 2) + 1 : size, false);
}

export const signal: Lowerings = {
  HannWindow: window([0.5, -0.5]),
  HammingWindow: window([25 / 46, -21 / 46]),
  BlackmanWindow: window([0.42, -0.5, 0.08]),
  DFT: otherwise(dft),
  STFT: otherwise(shortTime),
};
