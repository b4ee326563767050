import type { Shape } from "../tensor/shape.ts";
import type { AttributesOf, AttributeSpecs } from "./attributes.ts";

/**
 * How an operator acts on numbers. Rules that replace backward laws, such as guided backpropagation, go by it.
 *
 * - `linear`: sums of products of two operands, e.g. convolutions
 * - `rectifier`: passes numbers on within a range and cuts off or shrinks those outside
 * - `elementwise`: each result is computed from the numbers at its own position
 * - `rearranges`: the same numbers at other positions, or in another type; nothing is computed
 * - `pools`: combines the positions of an image, e.g. pooling and resizing
 * - `reduces`: combines the numbers along axes, e.g. sums, extremes and scans
 * - `normalizes`: divides by statistics of the sample itself, e.g. softmax
 * - `recurrent`: a whole recurrent layer
 */
export type OperatorKind =
  "linear" | "rectifier" | "elementwise" | "rearranges" | "pools" | "reduces" | "normalizes" | "recurrent";

/**
 * What is known of an operator without its name. Code that treats operators differently asks for a trait, so a new
 * operator is declared in one place. An analysis that depends on a trait refuses operators that lack it.
 */
export interface Traits<S extends AttributeSpecs = AttributeSpecs> {
  readonly kind: OperatorKind;
  /**
   * What a constant at each input is before training; one law for all inputs, or one by input. An input that is not
   * listed takes activations or settings, such as bounds and exponents, which training does not change.
   */
  readonly parameters?: Parameter<S> | Readonly<Record<number, Parameter<S>>>;
  /** Of a rectifier: inputs within [low, high] pass unchanged, and the result is constant outside. */
  readonly passes?: (attributes: AttributesOf<S>) => readonly [number, number];
  /** Whether it is an activation function, as they stand between layers. */
  readonly activation?: true;
  /** Turns scores of classes into probabilities: the last step of a classifier. */
  readonly probabilities?: "softmax" | "log-softmax" | "sigmoid";
  /** Whether the result has the elements of the first input in the same order. */
  readonly keepsOrder?: true;
  /** Reads only those slices of its first input that the second names. */
  readonly looksUp?: true;
  /** Whether attributes hold sizes that fit only the input that the node was made for. */
  readonly holdsSizes?: true;
  /** Where the elements of the result lie in the storage of the first input. */
  readonly view?: (shape: Shape, attributes: AttributesOf<S>) => StridedView;
}

/** Offset and strides count elements. */
export interface StridedView {
  readonly offset: number;
  readonly shape: Shape;
  readonly strides: readonly number[];
}

/** What a constant of this shape is before training; `undefined` if training does not change it. */
export type Parameter<S extends AttributeSpecs = AttributeSpecs> = (
  shape: Shape,
  attributes: AttributesOf<S>,
) => Initialization | undefined;

export type Initialization =
  /** Normal numbers whose variance is 2 / fan-in. */
  { readonly kind: "normal"; readonly fanIn: number } | { readonly kind: "constant"; readonly value: number };

/** He-normal (He, Zhang, Ren, Sun 2015): `fanIn` is how many numbers each output sums. */
export const weight =
  <S extends AttributeSpecs>(fanIn: (shape: Shape, attributes: AttributesOf<S>) => number): Parameter<S> =>
  (shape, attributes) => ({ kind: "normal", fanIn: fanIn(shape, attributes) });

export const initially =
  (value: number): Parameter<AttributeSpecs> =>
  () => ({ kind: "constant", value });

/** A bias starts at 0, and so does an initial state. */
export const bias = initially(0);
/** The scale of a normalization. */
export const gain = initially(1);
