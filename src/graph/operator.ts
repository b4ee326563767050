import type { TensorType } from "../tensor/tensor.ts";
import type { Array64 } from "./array64.ts";
import type { AttributesOf, AttributeSpecs } from "./attributes.ts";
import type { Builder, Value } from "./builder.ts";

export interface BackwardContext<S extends AttributeSpecs> {
  /** The node's inputs. A missing optional input (e.g. Conv's bias) is `undefined`; only laws that declare optional inputs see one. */
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** The cotangent of each output, which is `null` if the target does not depend on that output. */
  readonly grads: readonly (Value | null)[];
  /** The cotangent of the first output. It is never null if there is only one output. */
  readonly grad: Value;
  readonly attributes: AttributesOf<S>;
  /** Which inputs need a cotangent, so that a law can skip expensive ones. */
  readonly needs: readonly boolean[];
  readonly b: Builder;
}

/**
 * A backward law builds the cotangents of the inputs from core operators, so that gradients can be differentiated again.
 * An input without a cotangent (indices, shapes) gets `null`.
 */
export type BackwardLaw<S extends AttributeSpecs = AttributeSpecs> = (
  context: BackwardContext<S>,
) => readonly (Value | null)[];

export interface OperatorLaw<S extends AttributeSpecs> {
  readonly attributes: S;
  /** Minimum and maximum number of inputs, or one number if fixed. The maximum is `Infinity` for variadic operators. */
  readonly inputs: number | readonly [number, number];
  /** The shape law. It throws a readable error if the inputs do not fit. A missing optional input is `undefined`. */
  readonly infer: (inputs: readonly TensorType[], attributes: AttributesOf<S>) => readonly TensorType[];
  /** The float64 reference: the specification of the operator. */
  readonly evaluate: (
    inputs: readonly Array64[],
    attributes: AttributesOf<S>,
    outputs: readonly TensorType[],
  ) => readonly Array64[];
  /** `"none"`: the operator is piecewise constant or integer-valued, so no cotangent flows. */
  readonly backward: BackwardLaw<S> | "none";
}

export interface Operator<S extends AttributeSpecs = AttributeSpecs> extends OperatorLaw<S> {
  readonly name: string;
}

/** Declares a core operator: its name in ONNX (opset 21), and its laws next to each other. */
export const operator = <const S extends AttributeSpecs>(name: string, law: OperatorLaw<S>): Operator<S> => ({
  name,
  ...law,
});

/** An operator as the table stores it. Attribute types are checked where each operator is declared. */
export type AnyOperator = Omit<Operator, "infer" | "evaluate" | "backward"> & {
  readonly infer: (inputs: readonly TensorType[], attributes: never) => readonly TensorType[];
  readonly evaluate: (
    inputs: readonly Array64[],
    attributes: never,
    outputs: readonly TensorType[],
  ) => readonly Array64[];
  readonly backward: ((context: never) => readonly (Value | null)[]) | "none";
};
