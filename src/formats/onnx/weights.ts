import type { DType } from "../../tensor/dtype.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { castTensor } from "../../tensor/tensor.ts";
import type { Constant } from "../../graph/graph.ts";
import { dtypeOf, type OnnxElementType } from "./element-types.ts";
import type { OnnxTensor } from "./records.ts";
import { readTensorData, type TensorDataPlace } from "./tensor-data.ts";

export interface WeightPlace extends TensorDataPlace {
  /** The model file's path where its bytes can be mapped; nothing for a model in memory. */
  readonly file?: string | undefined;
  /** The hash of the model and its external data: with it, stores know a weight without loading it. */
  readonly hash?: string | undefined;
}

/** The graph computes in float32: other float types are widened or narrowed, integers kept. */
export const graphDType = (dtype: DType): DType =>
  dtype === "float16" || dtype === "bfloat16" || dtype === "float64" ? "float32" : dtype;

/** The graph's type for an element type of the file; refuses those without numbers. */
export function graphDTypeOf(elementType: OnnxElementType | undefined, where: string): DType {
  const dtype = elementType && dtypeOf(elementType);
  if (dtype) return graphDType(dtype);
  throw new GlassboxError(
    "unsupported",
    `${elementType ? `tensors of ${elementType}` : "values without an element type"} cannot be computed with`,
    { where, hint: "Only models whose values are numbers or booleans can be opened." },
  );
}

const constants = new WeakMap<OnnxTensor, Constant>();

/** An initializer, read when it is needed: the same object for every import, so that runtimes hold it once. */
export function weightConstant(tensor: OnnxTensor, place: WeightPlace): Constant {
  const known = constants.get(tensor);
  if (known && known.identity === identityOf(tensor, place)) return known;
  const constant = makeConstant(tensor, place);
  constants.set(tensor, constant);
  return constant;
}

function identityOf({ location, elementType, dims }: OnnxTensor, { hash }: WeightPlace): string | undefined {
  if (hash === undefined || location.kind === "none") return undefined;
  const offset = location.kind === "typed" ? location.message.offset : location.offset;
  const where = location.kind === "external" ? ` of ${location.location}` : "";
  return `${hash}, ${elementType}[${dims.join(", ")}] at ${offset}${where} as ${graphDTypeOf(elementType, "")}`;
}

function makeConstant(tensor: OnnxTensor, place: WeightPlace): Constant {
  const dtype = graphDTypeOf(tensor.elementType, `the weight "${tensor.name}"`);
  const { location } = tensor;
  const direct =
    dtypeOf(tensor.elementType) === dtype &&
    dtype !== "bool" &&
    location.kind === "raw" &&
    place.file !== undefined &&
    sizeOf(tensor.dims) > 0;
  const weight = direct ? { file: place.file!, offset: location.offset, bytes: location.length } : undefined;
  return {
    dtype,
    shape: tensor.dims,
    load: () => castTensor(readTensorData(tensor, place), dtype),
    weight,
    identity: identityOf(tensor, place),
  };
}
