import type { DType } from "../../tensor/dtype.ts";

/**
 * Two's-complement wrap of a result that left its integer type; floats pass. JavaScript's bit
 * operators take any finite number modulo 2³², which is exact for all types up to 32 bits; 64 bits are
 * exact to 2⁵³.
 */
export function wrapInteger(value: number, dtype: DType): number {
  switch (dtype) {
    case "int8":
      return (value << 24) >> 24;
    case "uint8":
      return value & 0xff;
    case "int16":
      return (value << 16) >> 16;
    case "uint16":
      return value & 0xffff;
    case "int32":
      return value | 0;
    case "uint32":
      return value >>> 0;
    case "bool":
      return value ? 1 : 0;
    case "int64":
    case "uint64":
      return wrap64(value, dtype);
    default:
      return value;
  }
}

function wrap64(value: number, dtype: "int64" | "uint64"): number {
  const whole = Math.trunc(value);
  if (Number.isSafeInteger(whole) && (whole >= 0 || dtype === "int64")) return whole;
  if (!Number.isFinite(whole)) return 0;
  return Number(dtype === "uint64" ? BigInt.asUintN(64, BigInt(whole)) : BigInt.asIntN(64, BigInt(whole)));
}
