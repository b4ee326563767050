import type { Shape } from "../tensor/shape.ts";
import type { TensorType } from "../tensor/tensor.ts";
import type { AttributesOf, AttributeSpecs } from "./attributes.ts";
import type { Window } from "./ops/window.ts";

/**
 * The kind of computation of an operator. Rules that replace backward laws, such as guided backpropagation, depend on it.
 *
 * - `linear`: sums of products of two operands, e.g. convolutions
 * - `rectifier`: passes numbers within a range unchanged and clips or shrinks those outside
 * - `elementwise`: each result is computed from the numbers at its own position
 * - `rearranges`: moves numbers to other positions or converts their type, without computing
 * - `pools`: combines the positions of an image, e.g. pooling and resizing
 * - `reduces`: combines the numbers along axes, e.g. sums, extremes and scans
 * - `normalizes`: divides by statistics of the sample itself, e.g. softmax
 * - `recurrent`: a whole recurrent layer
 */
export type OperatorKind =
  "linear" | "rectifier" | "elementwise" | "rearranges" | "pools" | "reduces" | "normalizes" | "recurrent";

/**
 * Properties of an operator, independent of its name. Code that treats operators differently queries a trait, so a new
 * operator is declared in one file. An analysis that depends on a trait rejects operators without traits.
 */
export interface Traits<S extends AttributeSpecs = AttributeSpecs> {
  readonly kind: OperatorKind;
  /**
   * The initialization of a constant at each input before training: one law for all inputs, or one per input. An input that
   * is not listed takes activations or settings, such as bounds and exponents, which training does not change.
   */
  readonly parameters?: Parameter<S> | Readonly<Record<number, Parameter<S>>>;
  /** For a rectifier: inputs within [low, high] pass unchanged, and the result is constant outside. */
  readonly passes?: (attributes: AttributesOf<S>) => readonly [number, number];
  /** Whether it is an activation function, as used between layers. */
  readonly activation?: true;
  /** Whether it turns class scores into probabilities, as the last step of a classifier does. */
  readonly probabilities?: "softmax" | "log-softmax" | "sigmoid";
  /** Whether the result has the elements of the first input in the same order. */
  readonly keepsOrder?: true;
  /** Whether it reads only those slices of its first input that the second input selects. */
  readonly looksUp?: true;
  /** Whether attributes contain sizes that fit only the original input of the node. */
  readonly holdsSizes?: true;
  /** The window that moves over the spatial axes of the first input; each position of the result sees one place of it. */
  readonly window?: (inputs: readonly TensorType[], attributes: AttributesOf<S>) => Window;
  /** Where the elements of the result are in the storage of the first input. */
  readonly view?: (shape: Shape, attributes: AttributesOf<S>) => StridedView;
}

/** A view of a tensor's storage. Offset and strides are in elements. */
export interface StridedView {
  readonly offset: number;
  readonly shape: Shape;
  readonly strides: readonly number[];
}

/** The initialization of a constant of this shape before training; `undefined` if training does not change it. */
export type Parameter<S extends AttributeSpecs = AttributeSpecs> = (
  shape: Shape,
  attributes: AttributesOf<S>,
) => Initialization | undefined;

export type Initialization =
  /** Normal deviates with variance 2 / fan-in. */
  { readonly kind: "normal"; readonly fanIn: number } | { readonly kind: "constant"; readonly value: number };

/** He-normal (He, Zhang, Ren, Sun 2015): `fanIn` is the number of terms that each output sums. */
export const weight =
  <S extends AttributeSpecs>(fanIn: (shape: Shape, attributes: AttributesOf<S>) => number): Parameter<S> =>
  (shape, attributes) => ({ kind: "normal", fanIn: fanIn(shape, attributes) });

export const initially =
  (value: number): Parameter<AttributeSpecs> =>
  () => ({ kind: "constant", value });

/** Biases and initial states start at 0. */
export const bias = initially(0);
/** Scales of normalizations start at 1. */
export const gain = initially(1);
