import type { Progress } from "../protocol/result.ts";
import type { Curvature } from "./probing/curvature.ts";
import type { Features } from "./probing/design.ts";
import type { Network } from "./network.ts";

/** How an activation becomes one vector a sample. */
export type Pooling = "mean" | "max" | "position";

/** A site of a network over all samples; without a network, the samples themselves. */
export interface ActivationRequest {
  readonly network: Network | undefined;
  readonly site: string;
  readonly pooling: Pooling;
}

/** Activations of the subject's samples, collected once and read site by site: another question on the same samples collects nothing again. */
export interface ActivationStore {
  /** Fills what is missing, all networks in step so that each sample is prepared once. */
  collect(requests: readonly ActivationRequest[]): AsyncGenerator<Progress>;
  /** [row, feature] of all samples. */
  read(request: ActivationRequest): Promise<Features>;
  /** The Gram matrix and factors of some rows of a site, from an earlier question or made now. */
  curvature(request: ActivationRequest, rows: Int32Array, make: () => Promise<Curvature>): Promise<Curvature>;
  /** A network with the same graph and other weights, on the same runtime; the last one is kept with its programs. */
  variant(source: Network["source"]): Network;
}
