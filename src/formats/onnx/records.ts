import type { ByteSource } from "../source.ts";
import type { OnnxElementType, TypedField } from "./element-types.ts";
import type { Range } from "./wire.ts";

/** A model file as it is written, in ONNX's vocabulary, with no meaning given to any of it. */
export interface OnnxModel {
  readonly irVersion: number;
  readonly opsetImports: readonly OpsetImport[];
  readonly producerName: string;
  readonly producerVersion: string;
  readonly metadata: ReadonlyMap<string, string>;
  readonly graph: OnnxGraph;
  readonly functions: readonly OnnxFunction[];
  readonly source: ByteSource;
}

export interface OpsetImport {
  readonly domain: string;
  readonly version: number;
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  readonly valueInfo: readonly OnnxValueInfo[];
}

/** A model-local function: nodes that call (domain, name, overload) mean this body. */
export interface OnnxFunction {
  readonly name: string;
  readonly domain: string;
  readonly overload: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Attributes without a default, by name, and those with one. */
  readonly attributes: readonly string[];
  readonly attributeDefaults: ReadonlyMap<string, OnnxAttribute>;
  readonly nodes: readonly OnnxNode[];
  readonly opsetImports: readonly OpsetImport[];
  readonly valueInfo: readonly OnnxValueInfo[];
}

export interface OnnxNode {
  readonly name: string;
  readonly opType: string;
  /** As written: "" and "ai.onnx" are the same domain. */
  readonly domain: string;
  readonly overload: string;
  /** "" stands for an optional input or output left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
  /** Exporters write the module's path here, PyTorch's under `pkg.torch.onnx.name_scopes`. */
  readonly metadata: ReadonlyMap<string, string>;
  /** Where the node lies in the file. */
  readonly offset: number;
}

/**
 * int64 becomes the nearest double, so what lies beyond ±2⁵³ loses its last bits, and the sentinel
 * 2⁶³ − 1 becomes 2⁶³. A `string` whose bytes are not text (tokenizer models, engine blobs) is only located.
 */
export type OnnxAttribute =
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "bytes"; readonly value: Range }
  | { readonly kind: "tensor"; readonly value: OnnxTensor }
  | { readonly kind: "graph"; readonly value: OnnxGraph }
  | { readonly kind: "type"; readonly value: OnnxType }
  | { readonly kind: "floats"; readonly value: readonly number[] }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "strings"; readonly value: readonly string[] }
  | { readonly kind: "tensors"; readonly value: readonly OnnxTensor[] }
  | { readonly kind: "graphs"; readonly value: readonly OnnxGraph[] }
  | { readonly kind: "types"; readonly value: readonly OnnxType[] }
  /** In a function's body: the value of the function's attribute of this name. */
  | { readonly kind: "reference"; readonly value: string }
  /** Sparse tensors, located but not read. */
  | { readonly kind: "sparse"; readonly value: Range };

export interface OnnxTensor {
  readonly name: string;
  readonly elementType: OnnxElementType;
  readonly dims: readonly number[];
  readonly location: OnnxTensorLocation;
}

export type OnnxTensorLocation =
  /** Little-endian elements, in the model file itself. */
  | { readonly kind: "raw"; readonly offset: number; readonly length: number }
  /** In a repeated field of the TensorProto that lies at `message`. */
  | { readonly kind: "typed"; readonly field: TypedField; readonly message: Range }
  /** In another file beside the model; without a length, as much as the dims need. */
  | {
      readonly kind: "external";
      readonly location: string;
      readonly offset: number;
      readonly length: number | undefined;
    }
  | { readonly kind: "none" };

/** A dimension is a number, a symbol, or unknown. */
export type OnnxDimension = number | string | undefined;

export interface OnnxType {
  readonly kind: "tensor" | "sequence" | "optional" | "map" | "sparse" | "opaque" | "untyped";
  /** Of the tensors inside, for a sequence or an optional. */
  readonly elementType: OnnxElementType | undefined;
  /** Nothing where even the rank is unknown. */
  readonly shape: readonly OnnxDimension[] | undefined;
}

export interface OnnxValueInfo extends OnnxType {
  readonly name: string;
}
