import type { Tensor as TfTensor } from "@tensorflow/tfjs-core";
import type { AttributesOf, AttributeSpecs } from "../../graph/attributes.ts";
import type { Operator } from "../../graph/operator.ts";
import { sizeOf, type Shape } from "../../tensor/shape.ts";
import type { TensorType } from "../../tensor/tensor.ts";
import type { Backend, Tf } from "./backend.ts";
import { isNative, toInt32, type Cell } from "./cell.ts";
import { axisIn, shapeIn, type Layout } from "./layout.ts";

/** One node that is about to run: its inputs as tensors in one layout, its types and axes as in the graph. */
export class Call {
  readonly backend: Backend;
  readonly cells: readonly (Cell | undefined)[];
  readonly results: readonly TensorType[];
  readonly layout: Layout;

  constructor(backend: Backend, cells: readonly (Cell | undefined)[], results: readonly TensorType[], layout: Layout) {
    this.backend = backend;
    this.cells = cells;
    this.results = results;
    this.layout = layout;
  }

  get tf(): Tf {
    return this.backend.tf;
  }

  get rank(): number {
    return this.results[0]!.shape.length;
  }

  /** An input in the layout of the call. A single number broadcasts without conversion. */
  x(i: number): TfTensor {
    const cell = this.cells[i]!;
    return cell.as(sizeOf(cell.shape) === 1 && cell.shape.length < 4 ? "plain" : this.layout);
  }

  has(i: number): boolean {
    return this.cells[i] !== undefined;
  }

  all(): TfTensor[] {
    return this.cells.map((_, i) => this.x(i));
  }

  shape(i: number): Shape {
    return this.cells[i]!.shape;
  }

  /** Maps an axis of the graph to an axis of the tensors. */
  axis(axis: number): number {
    return axisIn(this.layout, axis, this.layout === "channels-last" ? 4 : this.cells[0]!.shape.length);
  }

  /** Reorders values from the graph's axes to the tensors' axes. */
  ordered(values: readonly number[]): number[] {
    return shapeIn(this.layout, values);
  }

  /** An index input as int32. Negative indices count from the end of an axis of `extent`. */
  indices(i: number, extent: number): TfTensor {
    return this.cells[i]!.derived(`indices below ${extent}`, () => {
      const { data, dtype, shape } = this.cells[i]!.numbers();
      return this.tf.tensor(
        toInt32(
          data.map((index) => (index < 0 ? index + extent : index)),
          dtype,
        ),
        [...shape],
        "int32",
      );
    });
  }
}

/** Decides whether a kernel can run a node. It consists of types alone, so that the decision is made when the graph is compiled. */
export interface Signature {
  readonly inputs: readonly (TensorType | undefined)[];
  readonly results: readonly TensorType[];
  readonly backend: Backend["name"];
}

interface KernelLaw<S extends AttributeSpecs> {
  /**
   * The image layout that the kernel needs: `plain`, as in the graph; `images`, channels-last if the rank is 4; or
   * `either`, channels-last if an input already has that layout.
   */
  readonly layout: "plain" | "images" | "either";
  /** Inputs that are indices. They may be integers of any width. */
  readonly indices?: readonly number[];
  /** Outputs that are indices: int32 in TensorFlow.js, int64 in the graph. */
  readonly yields?: readonly number[];
  readonly fits?: (signature: Signature, attributes: AttributesOf<S>) => boolean;
  readonly run: (call: Call, attributes: AttributesOf<S>) => TfTensor | readonly TfTensor[];
}

export interface Kernel {
  readonly op: string;
  readonly layout: KernelLaw<AttributeSpecs>["layout"];
  readonly fits: (signature: Signature, attributes: never) => boolean;
  readonly run: (call: Call, attributes: never) => TfTensor | readonly TfTensor[];
}

/** The part of an operator that a kernel needs: the name, and the attributes by type. */
export type Declaration<S extends AttributeSpecs> = Pick<Operator<S>, "name" | "attributes">;

/** Implements a core operator with functions of TensorFlow.js. Nodes that do not fit run by the reference law. */
export const kernel = <S extends AttributeSpecs>(
  { name }: Declaration<S>,
  { fits, indices = [], yields = [], ...law }: KernelLaw<S>,
): Kernel => ({
  op: name,
  ...law,
  fits: (signature, attributes) =>
    signature.inputs.every((type, i) => type === undefined || indices.includes(i) || held(type)) &&
    signature.results.every((type, i) => yields.includes(i) || held(type)) &&
    (fits === undefined || fits(signature, attributes)),
});

/** Empty tensors run by the reference law: few kernels of TensorFlow.js accept them. */
const held = ({ dtype, shape }: TensorType): boolean => isNative(dtype) && sizeOf(shape) > 0 && shape.length <= 6;
