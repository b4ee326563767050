import { Network, type NetworkSource } from "../../methods/network.ts";
import { startPortableRuntime } from "../runtimes.ts";

/**
 * A network on the runtime whose numbers are the same on every machine, next to the one that was chosen. The most
 * recent one is kept, with its compiled programs.
 */
export class PortableNetwork {
  readonly #memoryBudgetBytes: number;
  #last: Network | undefined;

  constructor(memoryBudgetBytes: number) {
    this.#memoryBudgetBytes = memoryBudgetBytes;
  }

  async of({ source }: { readonly source: NetworkSource }): Promise<Network> {
    const runtime = await startPortableRuntime();
    if (this.#last?.source !== source) {
      void this.#last?.release();
      this.#last = new Network(source, runtime, this.#memoryBudgetBytes);
    }
    return this.#last;
  }
}
