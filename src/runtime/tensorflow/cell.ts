import type { Tensor as TfTensor } from "@tensorflow/tfjs-core";
import { narrow, widen, type Array64 } from "../../graph/array64.ts";
import type { DType } from "../../tensor/dtype.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import type { Shape } from "../../tensor/shape.ts";
import { tensor, type Tensor, type TensorType } from "../../tensor/tensor.ts";
import type { Tf } from "./backend.ts";
import { asImage, layoutsAgree, toLast, toPlain, type Layout } from "./layout.ts";

/** Whether a TensorFlow.js tensor can store the type directly. */
export const isNative = (dtype: DType): boolean => dtype === "float32" || dtype === "bool";

/**
 * One value of a running graph in each form that was requested: a tensor in either layout, a weight rearranged for its
 * kernel, or numbers for the reference. Each form is made once and lives as long as the cell.
 */
export class Cell implements TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly #tf: Tf;
  readonly #forms = new Map<string, TfTensor>();
  #stored: Tensor | undefined;
  #wide: Array64 | undefined;

  private constructor(tf: Tf, { dtype, shape }: TensorType) {
    this.#tf = tf;
    this.dtype = dtype;
    this.shape = shape;
  }

  static ofTensor(tf: Tf, stored: Tensor): Cell {
    const cell = new Cell(tf, stored);
    cell.#stored = stored;
    return cell;
  }

  static ofNumbers(tf: Tf, wide: Array64): Cell {
    const cell = new Cell(tf, wide);
    cell.#wide = wide;
    return cell;
  }

  /** Takes ownership of the tensor. */
  static ofDevice(tf: Tf, type: TensorType, layout: Layout, held: TfTensor): Cell {
    const cell = new Cell(tf, type);
    cell.#forms.set(layout, tf.keep(held));
    return cell;
  }

  holds(layout: Layout): boolean {
    return this.#forms.has(layout);
  }

  /** The tensor in this layout. Channels-last tensors have rank 4, with leading ones. */
  as(layout: Layout): TfTensor {
    const tf = this.#tf;
    if (layout === "plain") {
      return this.#form("plain", () => {
        const last = this.#forms.get("channels-last");
        if (last === undefined) return this.#upload();
        const image = asImage(this.shape);
        return tf.reshape(layoutsAgree(image) ? last : tf.transpose(last, toPlain), [...this.shape]);
      });
    }
    return this.#form("channels-last", () => {
      const image = asImage(this.shape);
      const plain = tf.reshape(this.as("plain"), image);
      return layoutsAgree(image)
        ? tf.reshape(
            plain,
            toLast.map((axis) => image[axis]!),
          )
        : tf.transpose(plain, toLast);
    });
  }

  /** A kernel's rearrangement of the plain tensor, cached under `key`. */
  derived(key: string, make: (plain: TfTensor) => TfTensor): TfTensor {
    return this.#form(key, () => make(this.as("plain")));
  }

  numbers(): Array64 {
    return (this.#wide ??= this.#stored
      ? widen(this.#stored)
      : { dtype: this.dtype, shape: this.shape, data: Float64Array.from(this.as("plain").dataSync() as Float32Array) });
  }

  /** The value in the exact storage of its type. */
  fetch(): Tensor {
    if (this.#stored) return this.#stored;
    if (this.#wide) return narrow(this.#wide, this.dtype);
    const data = this.as("plain").dataSync();
    if (this.dtype === "float32") return tensor("float32", this.shape, Float32Array.from(data));
    return narrow({ dtype: this.dtype, shape: this.shape, data: Float64Array.from(data as Int32Array) }, this.dtype);
  }

  dispose(): void {
    for (const held of this.#forms.values()) held.dispose();
    this.#forms.clear();
  }

  #form(key: string, make: () => TfTensor): TfTensor {
    const known = this.#forms.get(key);
    if (known) return known;
    const made = this.#tf.keep(this.#tf.tidy(make));
    this.#forms.set(key, made);
    return made;
  }

  #upload(): TfTensor {
    const shape = [...this.shape];
    if (this.dtype === "float32")
      return this.#tf.tensor(
        this.#stored ? (this.#stored.data as Float32Array) : Float32Array.from(this.#wide!.data),
        shape,
        "float32",
      );
    const numbers = this.numbers().data;
    if (this.dtype === "bool") return this.#tf.tensor(Uint8Array.from(numbers), shape, "bool");
    return this.#tf.tensor(toInt32(numbers, this.dtype), shape, "int32");
  }
}

/** TensorFlow.js has no integers wider than 32 bits. A value that does not fit is rejected rather than wrapped. */
export function toInt32(numbers: Float64Array, dtype: DType): Int32Array {
  const beyond = numbers.find((value) => value !== (value | 0));
  if (beyond !== undefined) {
    throw new GlassboxError(
      "unsupported",
      `TensorFlow.js has 32-bit integers only, and a value of type ${dtype} is ${beyond}.`,
      { hint: "Choose the runtime onnxruntime." },
    );
  }
  return Int32Array.from(numbers);
}
