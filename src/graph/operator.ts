import type { TensorType } from "../tensor/tensor.ts";
import type { Array64 } from "./array64.ts";
import type { AttributesOf, AttributeSpecs } from "./attributes.ts";
import type { Builder, Value } from "./builder.ts";
import type { AxisLaw } from "./axes/flow-law.ts";
import type { Traits } from "./traits.ts";

/** The number of inputs of an operator: one number if fixed, else the minimum and maximum. The maximum is `Infinity` for variadic operators. */
export type Arity = number | readonly [number, number];

/**
 * The type of a law's inputs: `[T, T]` for two, `[T, T, T?]` for two or three, `[T, ...T[]]` for one or more.
 * A missing optional input is `undefined`, even if a later one is present.
 */
export type Operands<T, N extends Arity = Arity> = N extends readonly [infer Fewest extends number, infer Most]
  ? readonly [...Repeated<T, Fewest>, ...Optional<T, Fewest, Most>]
  : N extends number
    ? Readonly<Repeated<T, N>>
    : never;

/** Every operator has at least one output. */
export type Outputs<T> = readonly [T, ...T[]];

/** A tuple of N elements, or a list with gaps if N is not known. */
type Repeated<T, N extends number, Made extends T[] = []> = number extends N
  ? (T | undefined)[]
  : Made["length"] extends N
    ? Made
    : Repeated<T, N, [...Made, T]>;

/** The inputs after the first `Fewest`. */
type Optional<T, Fewest extends number, Most> = number extends Most
  ? T[]
  : Most extends number
    ? Repeated<T, Most> extends [...Repeated<T, Fewest>, ...infer Rest extends T[]]
      ? { [I in keyof Rest]?: Rest[I] | undefined }
      : never
    : never;

export interface BackwardContext<S extends AttributeSpecs, N extends Arity = Arity> {
  readonly inputs: Operands<Value, N>;
  readonly outputs: Outputs<Value>;
  /** The cotangent of each output, which is `null` if the target does not depend on that output. */
  readonly grads: Outputs<Value | null>;
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
export type BackwardLaw<S extends AttributeSpecs = AttributeSpecs, N extends Arity = Arity> = (
  context: BackwardContext<S, N>,
) => readonly (Value | null)[];

export interface OperatorLaw<S extends AttributeSpecs, N extends Arity = Arity> {
  readonly attributes: S;
  readonly inputs: N;
  /** The shape law. It throws a readable error if the inputs do not fit. */
  readonly infer: (inputs: Operands<TensorType, N>, attributes: AttributesOf<S>) => readonly TensorType[];
  /** The axis law: what each axis of the outputs means, from the axes of the inputs. */
  readonly axes: AxisLaw<AttributesOf<S>>;
  /** The float64 reference: the specification of the operator. */
  readonly evaluate: (
    inputs: Operands<Array64, N>,
    attributes: AttributesOf<S>,
    outputs: Outputs<TensorType>,
  ) => readonly Array64[];
  /** `"none"`: the operator is piecewise constant or integer-valued, so no cotangent flows. */
  readonly backward: BackwardLaw<S, N> | "none";
  /** Properties of the operator for analyses. Random weights and modified backward laws reject operators without them. */
  readonly traits?: Traits<S>;
}

export interface Operator<S extends AttributeSpecs, N extends Arity = Arity> extends OperatorLaw<S, N> {
  readonly name: string;
}

/** Declares a core operator: its name in ONNX (opset 21), and its laws next to each other. */
export const operator = <const S extends AttributeSpecs, const N extends Arity>(
  name: string,
  law: OperatorLaw<S, N>,
): Operator<S, N> => ({ name, ...law });

/** An operator as the table stores it. The types of inputs and attributes are checked where each operator is declared. */
export interface AnyOperator {
  readonly name: string;
  readonly attributes: AttributeSpecs;
  readonly inputs: Arity;
  infer(inputs: readonly (TensorType | undefined)[], attributes: never): readonly TensorType[];
  readonly axes: AxisLaw<never>;
  evaluate(
    inputs: readonly (Array64 | undefined)[],
    attributes: never,
    outputs: readonly TensorType[],
  ): readonly Array64[];
  readonly backward: ((context: never) => readonly (Value | null)[]) | "none";
  readonly traits?: AnyTraits;
}

/** Traits looked up by an operator's name: their functions accept the attributes of a node without type checks. */
export type AnyTraits = Traits<never>;
