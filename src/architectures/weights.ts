import type { Constant } from "../graph/graph.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { formatShape, sameShape, type Shape } from "../tensor/shape.ts";
import { castTensor, type Tensor } from "../tensor/tensor.ts";

/** A checkpoint's tensors by the family's own names, each read only when a runtime asks for it. */
export interface Weights {
  has(name: string): boolean;
  shapeOf(name: string): Shape | undefined;
  /** The tensor as a float32 constant; refuses a shape other than the one the config promises. */
  get(name: string, shape: Shape): Constant;
}

/** What a container offers: tensors by name, in any float type. */
export interface TensorSource {
  /** Identifies the content, e.g. the file's SHA-256. */
  readonly identity: string;
  readonly where: string;
  shapeOf(name: string): Shape | undefined;
  read(name: string): Tensor;
}

export function weightsOf(source: TensorSource): Weights {
  const made = new Map<string, Constant>();
  return {
    has: (name) => source.shapeOf(name) !== undefined,
    shapeOf: (name) => source.shapeOf(name),
    get(name, shape) {
      const found = source.shapeOf(name);
      if (found === undefined) throw new GlassboxError("file", `the weights have no tensor ${JSON.stringify(name)}`, { where: source.where });
      if (!sameShape(found, shape)) {
        throw new GlassboxError("file", `the tensor ${JSON.stringify(name)} has the shape ${formatShape(found)}, but the config says ${formatShape(shape)}`, { where: source.where });
      }
      const known = made.get(name);
      if (known) return known;
      const constant: Constant = { dtype: "float32", shape, load: () => castTensor(source.read(name), "float32"), identity: `${source.identity} ${name} float32` };
      made.set(name, constant);
      return constant;
    },
  };
}
