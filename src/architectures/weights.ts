import type { Constant } from "../graph/graph.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { formatShape, sameShape, type Shape } from "../tensor/shape.ts";
import { float16Overflow, float32ToFloat16 } from "../tensor/half.ts";
import { castTensor, type Tensor } from "../tensor/tensor.ts";

/** A checkpoint's tensors by the family's own names, each read only when a runtime asks for it. */
export interface Weights {
  has(name: string): boolean;
  shapeOf(name: string): Shape | undefined;
  /** The tensor as a constant, a matrix in the storage that was chosen; refuses a shape other than the one the config promises. */
  get(name: string, shape: Shape): Constant;
  /** The same in float32 whatever was chosen. */
  single(name: string, shape: Shape): Constant;
}

/** What a container offers: tensors by name, in any float type. */
export interface TensorSource {
  /** Identifies the content, e.g. the file's SHA-256. */
  readonly identity: string;
  readonly where: string;
  shapeOf(name: string): Shape | undefined;
  read(name: string): Tensor;
}

/** How weights are stored and mapped. In float16 they take half the memory, and each product widens its matrix first. */
export type WeightStorage = "float32" | "float16";

export function weightsOf(source: TensorSource, storage: WeightStorage = "float32"): Weights {
  const made = new Map<string, Constant>();
  const stored = (name: string, shape: Shape, dtype: WeightStorage): Constant => {
    const found = source.shapeOf(name);
    if (found === undefined)
      throw new GlassboxError("file", `the weights have no tensor ${JSON.stringify(name)}`, { where: source.where });
    if (!sameShape(found, shape)) {
      throw new GlassboxError(
        "file",
        `the tensor ${JSON.stringify(name)} has the shape ${formatShape(found)}, but the config says ${formatShape(shape)}`,
        { where: source.where },
      );
    }
    const identity = `${source.identity} ${name} ${dtype}`;
    const known = made.get(identity);
    if (known) return known;
    const load = (): Tensor =>
      dtype === "float32" ? castTensor(source.read(name), dtype) : narrowed(source.read(name), name, source.where);
    const constant: Constant = { dtype, shape, load, identity };
    made.set(identity, constant);
    return constant;
  };
  return {
    has: (name) => source.shapeOf(name) !== undefined,
    shapeOf: (name) => source.shapeOf(name),
    // Norms and biases are a thousandth of the weights.
    get: (name, shape) => stored(name, shape, shape.length === 2 ? storage : "float32"),
    single: (name, shape) => stored(name, shape, "float32"),
  };
}

function narrowed(value: Tensor, name: string, where: string): Tensor {
  if (value.dtype === "float16") return value;
  const single = castTensor(value, "float32").data as Float32Array;
  if (single.some((weight) => Math.abs(weight) >= float16Overflow)) {
    throw new GlassboxError("resource", `the tensor ${JSON.stringify(name)} holds numbers beyond float16's range`, {
      where,
      hint: "Keep the weights in float32.",
    });
  }
  return { dtype: "float16", shape: value.shape, data: float32ToFloat16(single) };
}
