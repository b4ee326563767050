import { layoutOf, type OnnxElementType } from "./element-types.ts";

/**
 * Values of floats of 8 and 4 bits, by their bits: "FP8 Formats for Deep Learning" (Micikevicius et al.
 * 2022), the "uz" kinds of "8-bit Numerical Formats for Deep Neural Networks" (Noune et al. 2022), and
 * OCP's microscaling formats. Every value is exact in float32.
 */
const smallFloats: Partial<Readonly<Record<OnnxElementType, Float32Array>>> = {
  float8e4m3fn: table(8, (bits) => ((bits & 0x7f) === 0x7f ? NaN : minifloat(bits, 4, 3, 7))),
  float8e4m3fnuz: table(8, (bits) => (bits === 0x80 ? NaN : minifloat(bits, 4, 3, 8))),
  float8e5m2: table(8, (bits) =>
    (bits & 0x7f) > 0x7c ? NaN : (bits & 0x7f) === 0x7c ? signOf(bits, 7) * Infinity : minifloat(bits, 5, 2, 15),
  ),
  float8e5m2fnuz: table(8, (bits) => (bits === 0x80 ? NaN : minifloat(bits, 5, 2, 16))),
  // A bare exponent, the scale of a block; 2^-127 is a float32 subnormal.
  float8e8m0: table(8, (bits) => (bits === 0xff ? NaN : 2 ** (bits - 127))),
  float4e2m1: table(4, (bits) => minifloat(bits, 2, 1, 1)),
};

function table(bits: number, value: (bits: number) => number): Float32Array {
  return Float32Array.from({ length: 2 ** bits }, (_, i) => value(i));
}

function minifloat(bits: number, exponentBits: number, mantissaBits: number, bias: number): number {
  const exponent = (bits >> mantissaBits) & (2 ** exponentBits - 1);
  const fraction = (bits & (2 ** mantissaBits - 1)) / 2 ** mantissaBits;
  const magnitude = exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias);
  return signOf(bits, exponentBits + mantissaBits) * magnitude;
}

function signOf(bits: number, position: number): number {
  return (bits >> position) & 1 ? -1 : 1;
}

export type WidenedArray = Float32Array<ArrayBuffer> | Int8Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** Elements of 8, 4 or 2 bits into wider ones; the first stands in the low bits of its byte. */
export function widenBits(elementType: OnnxElementType, bytes: Uint8Array, out: WidenedArray): void {
  const { bits } = layoutOf(elementType);
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  const values = smallFloats[elementType];
  // Two's complement: int4 and int2 take the sign from their highest bit.
  const signBit = elementType === "int4" || elementType === "int2" ? 2 ** (bits - 1) : 0;
  for (let i = 0; i < out.length; i++) {
    const code = (bytes[Math.floor(i / perByte)]! >> (bits * (i % perByte))) & mask;
    out[i] = values === undefined ? (code ^ signBit) - signBit : values[code]!;
  }
}
