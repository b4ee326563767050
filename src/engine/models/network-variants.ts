import { Network, type NetworkSource } from "../../methods/network.ts";

/** Networks with a model's graph and other weights. The last one is kept with its compiled programs. */
export class NetworkVariants {
  readonly #memoryBudgetBytes: number;
  #last: { readonly base: Network; readonly variant: Network } | undefined;

  constructor(memoryBudgetBytes: number) {
    this.#memoryBudgetBytes = memoryBudgetBytes;
  }

  of(base: Network, source: NetworkSource): Network {
    if (this.#last?.base === base && this.#last.variant.source.hash === source.hash) return this.#last.variant;
    void this.#last?.variant.release();
    // Timed next to the base network's own runs, its clock would be wrong; what is faster for one is so for the other.
    const variant = new Network(source, base.runtime, this.#memoryBudgetBytes, base.parallelism);
    this.#last = { base, variant };
    return variant;
  }
}
