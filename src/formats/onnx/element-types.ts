import type { DType } from "../../tensor/dtype.ts";

/** TensorProto.DataType, by ONNX's own names. */
export type OnnxElementType =
  | "float"
  | "uint8"
  | "int8"
  | "uint16"
  | "int16"
  | "int32"
  | "int64"
  | "string"
  | "bool"
  | "float16"
  | "double"
  | "uint32"
  | "uint64"
  | "complex64"
  | "complex128"
  | "bfloat16"
  | "float8e4m3fn"
  | "float8e4m3fnuz"
  | "float8e5m2"
  | "float8e5m2fnuz"
  | "uint4"
  | "int4"
  | "float4e2m1"
  | "float8e8m0"
  | "uint2"
  | "int2"
  | "float6e2m3"
  | "float6e3m2";

/** The repeated field of TensorProto that holds a type's elements when `raw_data` does not. */
export type TypedField = "float_data" | "int32_data" | "string_data" | "int64_data" | "double_data" | "uint64_data";

interface ElementType {
  readonly name: OnnxElementType;
  /** Bits of one element in `raw_data`; types under 8 are packed, the first element in the low bits. */
  readonly bits: number;
  readonly field: TypedField;
  /** What carries its values exactly, or nothing where no `DType` can. */
  readonly dtype: DType | undefined;
}

const type = (name: OnnxElementType, bits: number, field: TypedField, dtype?: DType): ElementType => ({
  name,
  bits,
  field,
  dtype,
});

/** By TensorProto.DataType, from 1. */
const types: readonly ElementType[] = [
  type("float", 32, "float_data", "float32"),
  type("uint8", 8, "int32_data", "uint8"),
  type("int8", 8, "int32_data", "int8"),
  type("uint16", 16, "int32_data", "uint16"),
  type("int16", 16, "int32_data", "int16"),
  type("int32", 32, "int32_data", "int32"),
  type("int64", 64, "int64_data", "int64"),
  type("string", 0, "string_data"),
  type("bool", 8, "int32_data", "bool"),
  type("float16", 16, "int32_data", "float16"),
  type("double", 64, "double_data", "float64"),
  type("uint32", 32, "uint64_data", "uint32"),
  type("uint64", 64, "uint64_data", "uint64"),
  type("complex64", 64, "float_data"),
  type("complex128", 128, "double_data"),
  type("bfloat16", 16, "int32_data", "bfloat16"),
  type("float8e4m3fn", 8, "int32_data", "float32"),
  type("float8e4m3fnuz", 8, "int32_data", "float32"),
  type("float8e5m2", 8, "int32_data", "float32"),
  type("float8e5m2fnuz", 8, "int32_data", "float32"),
  type("uint4", 4, "int32_data", "uint8"),
  type("int4", 4, "int32_data", "int8"),
  type("float4e2m1", 4, "int32_data", "float32"),
  type("float8e8m0", 8, "int32_data", "float32"),
  type("uint2", 2, "int32_data", "uint8"),
  type("int2", 2, "int32_data", "int8"),
  // How six bits are packed in raw_data was settled in IR 14 only; named, not read.
  type("float6e2m3", 6, "int32_data"),
  type("float6e3m2", 6, "int32_data"),
];

const byName = new Map(types.map((entry) => [entry.name, entry]));

/** The name of TensorProto.DataType `code`; nothing for 0 (undefined) and codes yet to come. */
export const elementTypeOf = (code: number): OnnxElementType | undefined => types[code - 1]?.name;

export const layoutOf = (name: OnnxElementType): ElementType => byName.get(name)!;

/**
 * The type that carries an ONNX element type's values without loss: 8-bit and 4-bit floats widened to
 * float32, 4-bit and 2-bit integers to 8 bits. Nothing for strings, complex numbers and 6-bit floats.
 */
export const dtypeOf = (name: OnnxElementType): DType | undefined => layoutOf(name).dtype;
