import { isFloat, type DType } from "../../tensor/dtype.ts";

const bits: Partial<Record<DType, number>> = { int8: 8, uint8: 8, int16: 16, uint16: 16, int32: 32, uint32: 32, int64: 64, uint64: 64 };

/** Two's-complement wrap of a result that left its integer type; floats pass. 64 bits are exact to 2⁵³. */
export function wrapInteger(value: number, dtype: DType): number {
  if (isFloat(dtype)) return value;
  if (dtype === "bool") return value ? 1 : 0;
  const width = bits[dtype]!;
  const whole = Math.trunc(value);
  if (Number.isSafeInteger(whole) && width === 64) return whole;
  if (!Number.isFinite(whole)) return 0;
  const wrapped = dtype.startsWith("u") ? BigInt.asUintN(width, BigInt(whole)) : BigInt.asIntN(width, BigInt(whole));
  return Number(wrapped);
}
