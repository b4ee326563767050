import type { Site } from "../graph/graph.ts";
import { GlassboxError } from "../tensor/errors.ts";

/**
 * How an activation becomes one vector a sample: the mean or the maximum over positions, or what depends on where it is.
 * In pictures `position` keeps a coarse grid, each cell with its channels; in prompts it is the last token, the only one
 * that attends to the whole prompt.
 */
export type Pooling = "mean" | "max" | "position";

/** One factor of [feature, feature] is held in double precision: 128 MB at this many. */
const mostFeatures = 4096;

/** Throws a sentence where a site has more features than a linear map is fitted to. */
export function checkFeatureCount(count: number): number {
  if (count > mostFeatures)
    throw new GlassboxError("option", `this site gives ${count} features`, {
      hint: `At most ${mostFeatures} are probed; choose another site, or pool by the mean.`,
    });
  return count;
}

/** Samples as a network takes them. */
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
  /** [row, feature] for each site asked for, in order. */
  readonly features: readonly Float32Array[];
}

/** A network whose activations can be collected sample by sample, whether it takes pictures, tensors or prompts. */
export interface Traced<Rows extends Counted> {
  /** Tells networks apart that are given the same samples, e.g. a model and its random-weights control. */
  readonly identity: string;
  /** In the order of computation. */
  readonly sites: readonly Site[];
  /** How many features a site gives a sample; throws a sentence if there is no such site, or too many features. */
  featuresAt(site: string, pooling: Pooling): number;
  /** Samples in one run: a collection that continues in whole micro-batches gives the same bits as an uninterrupted one. */
  microBatch(): number;
  /** Activations of many sites from one pass over the samples, from row `from` on; stop consuming to cancel. */
  pooled(rows: Rows, sites: readonly string[], pooling: Pooling, from?: number): AsyncGenerator<PooledRows>;
}
