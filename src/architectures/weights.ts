import type { TensorSource } from "../formats/tensor-source.ts";
import type { Constant } from "../graph/graph.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { formatShape, sameShape, sizeOf, type Shape } from "../tensor/shape.ts";
import { float16Overflow, float32ToFloat16 } from "../tensor/half.ts";
import { castTensor, type Tensor } from "../tensor/tensor.ts";
import { notAWeight } from "./quantization.ts";

/** A checkpoint's tensors by the family's own names, each read only when a runtime asks for it. */
export interface Weights {
  /** The file, for errors. */
  readonly where: string;
  has(name: string): boolean;
  shapeOf(name: string): Shape | undefined;
  /** The tensor as a constant, a matrix in the storage that was chosen; refuses a shape other than the one the config promises. */
  get(name: string, shape: Shape): Constant;
  /** The same in float32 whatever was chosen. */
  single(name: string, shape: Shape): Constant;
  /** Whether two tensors hold the same numbers; undefined where they are too large to be read. */
  equal(a: string, b: string): boolean | undefined;
  /** Says that a tensor only repeats another, so that it is neither read nor counted. */
  isCopy(name: string): void;
  /** Adds what a person should know about how the weights were read. */
  note(sentence: string): void;
  readonly notes: readonly string[];
  /** The file's names of all tensors that the network read so far, and of their copies. */
  accountedFor(): ReadonlySet<string>;
  /** How many numbers the tensors have that were read so far, each tensor once. */
  parameters(): number;
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
  const readNames = new Set<string>();
  const copies = new Set<string>();
  const notes: string[] = [];
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
    const own = stored(name)!.name;
    const info = source.tensors.get(own)!;
    const why = notAWeight(info.storage, info.dtype);
    if (why !== undefined)
      throw new GlassboxError("unsupported", `the tensor ${JSON.stringify(own)} ${why}`, {
        where,
        hint: "Save the model in float32, float16 or bfloat16.",
      });
    readNames.add(own);
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
    where,
    has: (name) => shapeOf(name) !== undefined,
    shapeOf,
    // Norms and biases are a thousandth of the weights.
    get: (name, shape) => constantOf(name, shape, shape.length === 2 ? storage : "float32"),
    single: (name, shape) => constantOf(name, shape, "float32"),
    equal(a, b) {
      if (![a, b].every((name) => sizeOf(shapeOf(name) ?? [0]) * 8 <= (mostTensorBytes ?? Infinity))) return undefined;
      return sameTensor(read(a), read(b));
    },
    isCopy: (name) => void copies.add(stored(name)!.name),
    note: (sentence) => void notes.push(sentence),
    notes,
    accountedFor: () => new Set([...readNames, ...copies]),
    parameters: () => [...readNames].reduce((sum, name) => sum + sizeOf(source.tensors.get(name)!.shape), 0),
  };
}

/** Equal numbers in equal order, whatever type they are stored in. */
function sameTensor(a: Tensor, b: Tensor): boolean {
  if (!sameShape(a.shape, b.shape)) return false;
  const [one, other] = a.dtype === b.dtype ? [a, b] : [castTensor(a, "float64"), castTensor(b, "float64")];
  const bytes = ({ data }: Tensor): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return bytes(one).equals(bytes(other));
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
