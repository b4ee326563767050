/** Numbers by row and column: a generic kind of answer with one view, table and picture. */
export interface Grid {
  readonly kind: "grid";
  /** The quantity, e.g. "probability of the top token". */
  readonly quantity: string;
  /** e.g. `nats`; empty if there is none. */
  readonly unit: string;
  readonly rowAxis: string;
  readonly columnAxis: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** [row, column]; NaN if a cell was not computed. */
  readonly cells: Float64Array;
  /** Whether the sign is meaningful: the colours then diverge around 0. */
  readonly signed: boolean;
  /** More text about each cell, [row, column]. */
  readonly facts?: readonly string[] | undefined;
}
