/** Numbers by row and column: the general form of an answer, with one view, table and picture for all. */
export interface Grid {
  readonly kind: "grid";
  /** What one number is, e.g. "probability of the top token". */
  readonly quantity: string;
  /** e.g. `nats`; empty where there is none. */
  readonly unit: string;
  readonly rowAxis: string;
  readonly columnAxis: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** [row, column]; NaN where nothing was computed. */
  readonly cells: Float64Array;
  /** Whether the sign means something: drawn from blue to red around 0, else from nothing to much. */
  readonly signed: boolean;
  /** More to say of a cell, [row, column], in words. */
  readonly facts?: readonly string[] | undefined;
}
