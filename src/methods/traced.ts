import type { Site } from "../graph/graph.ts";
import { GlassboxError } from "../tensor/errors.ts";

/**
 * How an activation becomes one vector per sample: the mean or the maximum over positions, or a vector that depends on the
 * position. In pictures `position` keeps a coarse grid, with the channels of each cell; in prompts it is the last token,
 * the only one that attends to the whole prompt.
 */
export type Pooling = "mean" | "max" | "position";

/** A limit, because one factor [feature, feature] is held in double precision: 128 MB at this number. */
const mostFeatures = 4096;

/** Throws a readable error if a site has too many features for a linear map. */
export function checkFeatureCount(count: number): number {
  if (count > mostFeatures)
    throw new GlassboxError("option", `this site has ${count} features`, {
      hint: `The limit is ${mostFeatures}; choose another site, or pool by the mean.`,
    });
  return count;
}

/** Samples in the form that a network takes. */
export interface Counted {
  readonly count: number;
}

/** Prompts as token ids. */
export interface PromptSource extends Counted {
  tokens(row: number): readonly number[];
}

/** Pooled activations of consecutive samples. */
export interface PooledRows {
  readonly start: number;
  readonly count: number;
  /** [row, feature] for each requested site, in order. */
  readonly features: readonly Float32Array[];
}

/** A network whose activations can be collected sample by sample. It may take pictures, tensors or prompts. */
export interface Traced<Rows extends Counted> {
  /** Distinguishes networks with the same samples, e.g. a model and its random-weights control. */
  readonly identity: string;
  /** The sites in the order of computation. */
  readonly sites: readonly Site[];
  /** The number of features per sample at a site; throws a readable error if there is no such site, or too many features. */
  featuresAt(site: string, pooling: Pooling): number;
  /** The number of samples in one run. A collection that is resumed after whole micro-batches gives the same bits as an uninterrupted one. */
  microBatch(): number;
  /** The activations of many sites from one pass over the samples, from row `from` on; stop consuming to cancel. */
  pooled(rows: Rows, sites: readonly string[], pooling: Pooling, from?: number): AsyncGenerator<PooledRows>;
}
