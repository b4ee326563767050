import { Network, type NetworkSource } from "../../methods/network.ts";

/** Networks with a model's graph and other weights. The most recent one is kept, with its compiled programs. */
export class NetworkVariants {
  readonly #memoryBudgetBytes: number;
  #last: { readonly base: Network; readonly variant: Network } | undefined;

  constructor(memoryBudgetBytes: number) {
    this.#memoryBudgetBytes = memoryBudgetBytes;
  }

  of(base: Network, source: NetworkSource): Network {
    if (this.#last?.base === base && this.#last.variant.source.hash === source.hash) return this.#last.variant;
    void this.#last?.variant.release();
    // Not measured, because the base network's runs would disturb the timing; the same parallelism is faster for both.
    const variant = new Network(source, base.runtime, this.#memoryBudgetBytes, base.parallelism);
    this.#last = { base, variant };
    return variant;
  }
}
