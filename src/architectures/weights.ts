import type { TensorSource } from "../formats/tensor-source.ts";
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

/** How weights are stored and mapped. In float16 they take half the memory, and each product widens its matrix first. */
export type WeightStorage = "float32" | "float16";

export interface WeightOptions {
  /** Identifies the content, e.g. the file's SHA-256. */
  readonly identity: string;
  readonly storage: WeightStorage;
  /** A tensor that takes more than this is refused when it is read. */
  readonly mostTensorBytes?: number;
  /** Where the file keeps a weight of this name; unset where its names are the family's own. */
  readonly stored?: (name: string) => StoredWeight | undefined;
}

export interface StoredWeight {
  readonly name: string;
  /** Puts the file's values into the order of the family's checkpoints. */
  readonly restore?: ((value: Tensor) => Tensor) | undefined;
}

export function weightsOf(
  source: TensorSource,
  { identity, storage, mostTensorBytes, stored = (name) => ({ name }) }: WeightOptions,
): Weights {
  const made = new Map<string, Constant>();
  const { where } = source;
  const shapeOf = (name: string): Shape | undefined => source.tensors.get(stored(name)?.name ?? "")?.shape;
  const read = (name: string): Tensor => {
    const { name: own, restore } = stored(name)!;
    const value = source.read(own, mostTensorBytes);
    return restore ? restore(value) : value;
  };
  const constantOf = (name: string, shape: Shape, dtype: WeightStorage): Constant => {
    const found = shapeOf(name);
    if (found === undefined)
      throw new GlassboxError("file", `the weights have no tensor ${JSON.stringify(name)}`, { where });
    if (!sameShape(found, shape)) {
      throw new GlassboxError(
        "file",
        `the tensor ${JSON.stringify(name)} has the shape ${formatShape(found)}, but the config says ${formatShape(shape)}`,
        { where },
      );
    }
    const key = `${identity} ${name} ${dtype}`;
    const known = made.get(key);
    if (known) return known;
    const load = (): Tensor =>
      dtype === "float32" ? castTensor(read(name), dtype) : narrowed(read(name), name, where);
    const constant: Constant = { dtype, shape, load, identity: key };
    made.set(key, constant);
    return constant;
  };
  return {
    has: (name) => shapeOf(name) !== undefined,
    shapeOf,
    // Norms and biases are a thousandth of the weights.
    get: (name, shape) => constantOf(name, shape, shape.length === 2 ? storage : "float32"),
    single: (name, shape) => constantOf(name, shape, "float32"),
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
