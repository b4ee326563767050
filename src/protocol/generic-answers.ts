/** Forms of answers that many analyses share. Each has one view, one table and one set of files. */
import type { RgbPicture } from "./visualization.ts";

/** A few numbers, and curves where a number depends on another. */
export interface Measure {
  readonly kind: "measure";
  readonly numbers: readonly Measured[];
  readonly curves: readonly Curves[];
}

export interface Measured {
  readonly name: string;
  readonly value: number;
  /** e.g. `nats`; empty where there is none. */
  readonly unit: string;
  /** 95 % interval, where one was computed. */
  readonly interval?: readonly [low: number, high: number] | undefined;
}

/** Lines over one axis. */
export interface Curves {
  readonly title: string;
  readonly xAxis: string;
  readonly yAxis: string;
  /** `x` and `y` are of one length. */
  readonly lines: readonly { readonly name: string; readonly x: Float64Array; readonly y: Float64Array }[];
}

/** Pictures with what they are. */
export interface Pictures {
  readonly kind: "pictures";
  readonly pictures: readonly { readonly name: string; readonly caption: string; readonly picture: RgbPicture }[];
}

/** Parts of a network and what flows between them. */
export interface PartGraph {
  readonly kind: "graph";
  /** What an edge's value is, e.g. "effect on the logit difference". */
  readonly quantity: string;
  readonly nodes: readonly {
    readonly id: string;
    /** Rank from the input, 0 first: drawn from below. */
    readonly layer: number;
    /** NaN where a node has no number of its own. */
    readonly value: number;
  }[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly value: number }[];
}

/** Rows of named columns. */
export interface Table {
  readonly kind: "table";
  /** What a row is, e.g. "head". */
  readonly rowKind: string;
  readonly columns: readonly { readonly name: string; readonly unit: string }[];
  /** Each row has one entry a column. */
  readonly rows: readonly (readonly (string | number)[])[];
}
