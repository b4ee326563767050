/** Generic kinds of answers. Each has one view, one table and one set of export formats. */
import type { RgbPicture } from "./visualization.ts";

/** A few numbers, with optional curves. */
export interface Measure {
  readonly kind: "measure";
  readonly numbers: readonly Measured[];
  readonly curves: readonly Curves[];
}

export interface Measured {
  readonly name: string;
  readonly value: number;
  /** e.g. `nats`; empty if there is none. */
  readonly unit: string;
  /** The 95 % interval, if one was computed. */
  readonly interval?: readonly [low: number, high: number] | undefined;
}

/** Lines over a common x axis. */
export interface Curves {
  readonly title: string;
  readonly xAxis: string;
  readonly yAxis: string;
  /** `x` and `y` have the same length. */
  readonly lines: readonly { readonly name: string; readonly x: Float64Array; readonly y: Float64Array }[];
}

/** Pictures with captions. */
export interface Pictures {
  readonly kind: "pictures";
  readonly pictures: readonly { readonly name: string; readonly caption: string; readonly picture: RgbPicture }[];
}

/** Components of a network, and the edges between them. */
export interface PartGraph {
  readonly kind: "graph";
  /** The quantity that edges measure, e.g. "effect on the logit difference". */
  readonly quantity: string;
  readonly nodes: readonly {
    readonly id: string;
    /** The rank from the input, starting at 0, which is drawn at the bottom. */
    readonly layer: number;
    /** NaN if the node has no value. */
    readonly value: number;
  }[];
  readonly edges: readonly {
    readonly from: string;
    readonly to: string;
    /** What the edge enters of the node, e.g. a head's `q`; unset if the node has one input. */
    readonly channel?: string;
    readonly value: number;
  }[];
}

/** A table with named columns. */
export interface Table {
  readonly kind: "table";
  /** What a row is, e.g. "head". */
  readonly rowKind: string;
  readonly columns: readonly { readonly name: string; readonly unit: string }[];
  /** Each row has one entry per column. */
  readonly rows: readonly (readonly (string | number)[])[];
}
