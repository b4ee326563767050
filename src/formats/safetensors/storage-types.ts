import type { DType } from "../../tensor/dtype.ts";

/** A storage type of the format; `dtype` where our tensors hold it as it is. */
export interface StorageType {
  readonly bits: number;
  readonly dtype?: DType;
}

/** The format's whole table. A float8 or smaller checkpoint keeps its scales in other tensors, so that the bare numbers would mislead. */
export const storageTypes: ReadonlyMap<string, StorageType> = new Map<string, StorageType>([
  ["BOOL", { bits: 8, dtype: "bool" }],
  ["U8", { bits: 8, dtype: "uint8" }],
  ["I8", { bits: 8, dtype: "int8" }],
  ["U16", { bits: 16, dtype: "uint16" }],
  ["I16", { bits: 16, dtype: "int16" }],
  ["F16", { bits: 16, dtype: "float16" }],
  ["BF16", { bits: 16, dtype: "bfloat16" }],
  ["U32", { bits: 32, dtype: "uint32" }],
  ["I32", { bits: 32, dtype: "int32" }],
  ["F32", { bits: 32, dtype: "float32" }],
  ["U64", { bits: 64, dtype: "uint64" }],
  ["I64", { bits: 64, dtype: "int64" }],
  ["F64", { bits: 64, dtype: "float64" }],
  ["C64", { bits: 64 }],
  ["F8_E4M3", { bits: 8 }],
  ["F8_E5M2", { bits: 8 }],
  ["F8_E4M3FNUZ", { bits: 8 }],
  ["F8_E5M2FNUZ", { bits: 8 }],
  ["F8_E8M0", { bits: 8 }],
  ["F6_E2M3", { bits: 6 }],
  ["F6_E3M2", { bits: 6 }],
  ["F4", { bits: 4 }],
]);
