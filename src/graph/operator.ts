import type { TensorType } from "../tensor/tensor.ts";
import type { Array64 } from "./array64.ts";
import type { AttributesOf, AttributeSpecs } from "./attributes.ts";
import type { Builder, Value } from "./builder.ts";

export interface BackwardContext<S extends AttributeSpecs> {
  /** The node's inputs. A missing optional input (Conv's bias) is `undefined`; only laws that declare one meet it. */
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** Cotangent of each output; an output that nothing depends on has a `null` cotangent. */
  readonly grads: readonly (Value | null)[];
  /** Cotangent of the first output, which is never null when there is only one. */
  readonly grad: Value;
  readonly attributes: AttributesOf<S>;
  /** Which inputs need a cotangent, so that a law can skip costly ones. */
  readonly needs: readonly boolean[];
  readonly b: Builder;
}

/**
 * A backward law: the cotangents of the inputs as further core operators, so that gradients can be
 * differentiated again. `null` where an input has none (indices, shapes).
 */
export type BackwardLaw<S extends AttributeSpecs = AttributeSpecs> = (
  context: BackwardContext<S>,
) => readonly (Value | null)[];

export interface OperatorLaw<S extends AttributeSpecs> {
  readonly attributes: S;
  /** Fewest and most inputs; one number if fixed. `Infinity` for variadic operators. */
  readonly inputs: number | readonly [number, number];
  /** Shape law. Throws a sentence if the inputs do not fit. A missing optional input is `undefined`. */
  readonly infer: (inputs: readonly TensorType[], attributes: AttributesOf<S>) => readonly TensorType[];
  /** The float64 reference: the specification of the operator. */
  readonly evaluate: (
    inputs: readonly Array64[],
    attributes: AttributesOf<S>,
    outputs: readonly TensorType[],
  ) => readonly Array64[];
  /** `"none"`: piecewise constant or integer-valued, so no cotangent flows. */
  readonly backward: BackwardLaw<S> | "none";
}

export interface Operator<S extends AttributeSpecs = AttributeSpecs> extends OperatorLaw<S> {
  readonly name: string;
}

/** Declares a core operator: its name in ONNX (opset 21) and its laws, side by side. */
export const operator = <const S extends AttributeSpecs>(name: string, law: OperatorLaw<S>): Operator<S> => ({
  name,
  ...law,
});

/** Operators as a table holds them: the attribute types are checked where each is declared. */
export type AnyOperator = Omit<Operator, "infer" | "evaluate" | "backward"> & {
  readonly infer: (inputs: readonly TensorType[], attributes: never) => readonly TensorType[];
  readonly evaluate: (
    inputs: readonly Array64[],
    attributes: never,
    outputs: readonly TensorType[],
  ) => readonly Array64[];
  readonly backward: ((context: never) => readonly (Value | null)[]) | "none";
};
