import type { Progress } from "../protocol/result.ts";
import type { RowSource } from "./network.ts";
import type { Curvature } from "./probing/curvature.ts";
import type { Features } from "./probing/design.ts";
import type { Counted, Pooling, Traced } from "./traced.ts";

/** A site of a network, over all samples; without a network, the samples themselves. */
export interface ActivationRequest<Rows extends Counted = RowSource> {
  readonly network: Traced<Rows> | undefined;
  readonly site: string;
  readonly pooling: Pooling;
}

/** The activations of the subject's samples. They are collected once and read site by site; another question about the same samples reuses them. */
export interface ActivationStore<Rows extends Counted = RowSource> {
  /** The number of features per sample; throws a readable error if there are too many. */
  featureCount(request: ActivationRequest<Rows>): number;
  /** Collects what is missing, for all networks together, so that each sample is prepared once. */
  collect(requests: readonly ActivationRequest<Rows>[]): AsyncGenerator<Progress>;
  /** [row, feature] of all samples. */
  read(request: ActivationRequest<Rows>): Features;
  /** The Gram matrix and factors of some rows of a site, cached from an earlier question or made now. */
  curvature(request: ActivationRequest<Rows>, rows: Int32Array, make: () => Promise<Curvature>): Promise<Curvature>;
}
