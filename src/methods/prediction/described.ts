import type { Shape } from "../../tensor/shape.ts";
import type { Outcome } from "../analysis.ts";

/** The numbers of one input's output, and what they are called. */
export interface OutputOf {
  /** In the order of `shape`. */
  readonly values: Float64Array;
  /** [channel, position…]. */
  readonly shape: Shape;
  /** The most entries that are listed. */
  readonly top: number;
  readonly names: readonly string[] | undefined;
  /** The rows and columns of the model's input, if it is a picture. */
  readonly extent: readonly [rows: number, columns: number] | undefined;
}

export type Described<Data> = Outcome<Data>;
