import type { Segment } from "./path.ts";

/** What a reading may need in addition to the result. */
export interface ReadingContext {
  readonly classNames: readonly string[] | undefined;
  /** How much of each pixel of the model's input lies on the object, 0 to 1: the input's own `mask`, or a file's. */
  readonly mask: (name: string) => Mask;
}

export interface Mask {
  readonly rows: number;
  readonly columns: number;
  readonly values: ArrayLike<number>;
}

/** Reads values of one kind of data beyond its own fields; `undefined` if the path means a field. */
export type Reader<Data> = (data: Data, first: Segment, rest: readonly Segment[], context: ReadingContext) => unknown;
