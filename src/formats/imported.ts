import type { Tensor } from "../tensor/tensor.ts";
import type { DType } from "../tensor/dtype.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Graph, ValueName } from "../graph/graph.ts";

/** An axis as the file gives it: a size, the name of a free one, or nothing. */
export type SymbolicExtent = number | string | undefined;

/** An input or output as the file's user knows it. */
export interface Port {
  readonly name: string;
  /** The value of the graph that it is. */
  readonly value: ValueName;
  /** The file's own word for it; the graph computes in `dtype`. */
  readonly elementType: string;
  readonly dtype: DType;
  /** As in the file; undefined where it does not even give the rank. */
  readonly symbolicShape: readonly SymbolicExtent[] | undefined;
  /** As specialised. */
  readonly shape: Shape;
}

/** Something a person should know about what was done to the model. */
export interface Badge {
  readonly kind: "widened" | "dequantised" | "training" | "unrolled" | "batch";
  readonly text: string;
}

/** What the file says about itself, for display: `opset` `18`, `producer` `pytorch 2.4`. */
export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** The sizes to import a network at. */
export interface Sizes {
  /** By symbol, or by `input:axis` where the file gives no symbol. */
  readonly dimensions?: Readonly<Record<string, number>> | undefined;
  readonly inputShapes?: Readonly<Record<string, Shape>> | undefined;
  /** Size of the leading axis of every input that has a batch axis, also where the file says 1. */
  readonly batch?: number | undefined;
  /** Inputs that are fixed for good, such as a shape or a mask: constants of the graph, not inputs. */
  readonly fixed?: Readonly<Record<string, Tensor>> | undefined;
  /** Inputs of whole numbers that are computed with as floats, e.g. pixels as bytes: there is a gradient then. */
  readonly asFloat?: readonly string[] | undefined;
}

/** A model file's network at chosen sizes, whatever its format. */
export interface Imported {
  /** Static shapes, float32 arithmetic. */
  readonly graph: Graph;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly notes: readonly Badge[];
  /** The file's operators or layers and how often each occurs, most frequent first. */
  readonly operators: ReadonlyMap<string, number>;
  readonly facts: readonly Fact[];
  /** What the symbols were taken to be. */
  readonly dimensions: ReadonlyMap<string, number>;
}

export const factNamed = ({ facts }: Pick<Imported, "facts">, name: string): string | undefined =>
  facts.find((fact) => fact.name === name)?.value;
