import type { DType } from "../../tensor/dtype.ts";
import type { Shape } from "../../tensor/shape.ts";
import type { Graph, ValueName } from "../../graph/graph.ts";
import type { OnnxElementType } from "./element-types.ts";
import type { OnnxDimension } from "./records.ts";

/** An input or output as the file's user knows it. */
export interface Port {
  readonly name: string;
  /** The value of the graph that it is. */
  readonly value: ValueName;
  /** As in the file; the graph computes in `dtype`. */
  readonly elementType: OnnxElementType;
  readonly dtype: DType;
  /** As in the file: sizes, symbols, or unknown; nothing where even the rank is. */
  readonly symbolicShape: readonly OnnxDimension[] | undefined;
  /** As specialised. */
  readonly shape: Shape;
}

/** Something a person should know about what was done to the model. */
export interface Badge {
  readonly kind: "widened" | "dequantised" | "training" | "unrolled" | "batch";
  readonly text: string;
}

/** A model file's network at chosen sizes. */
export interface Imported {
  /** Static shapes, float32 arithmetic. */
  readonly graph: Graph;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly notes: readonly Badge[];
  /** The file's operators and how often each occurs, most frequent first. */
  readonly operators: ReadonlyMap<string, number>;
  /** Version of the standard operator set. */
  readonly opset: number;
  readonly producer: string;
  /** What the symbols were taken to be. */
  readonly dimensions: ReadonlyMap<string, number>;
}
