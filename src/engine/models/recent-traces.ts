import type { SiteEdit } from "../../methods/language-model/edits.ts";
import type { LanguageModel, Trace } from "../../methods/language-model/language-model.ts";
import { hashBytes } from "../file-hash.ts";

const maxBytes = 192 << 20;
/** Most of the budget is for the weights. */
const shareOfBudget = 0.1;

/**
 * A cache of recent traces, because a panel asks for one prompt's attention, lens and attribution one after another.
 */
export class RecentTraces {
  readonly #model: LanguageModel;
  readonly #maxBytes: number;
  readonly #held = new Map<string, { readonly trace: Trace; readonly bytes: number }>();

  constructor(model: LanguageModel, memoryBudgetBytes: number) {
    this.#model = model;
    this.#maxBytes = Math.min(maxBytes, shareOfBudget * memoryBudgetBytes);
  }

  async get(tokens: readonly number[], sites: readonly string[], edits: readonly SiteEdit[] = []): Promise<Trace> {
    const key = hashBytes(
      JSON.stringify([
        tokens,
        sites,
        edits.map(({ site, kind, mask, operand }) => [
          site,
          kind,
          mask.shape,
          [...(mask.data as Uint8Array)],
          operand.shape,
          [...(operand.data as Float32Array)],
        ]),
      ]),
    );
    const known = this.#held.get(key);
    if (known) {
      this.#held.delete(key);
      this.#held.set(key, known);
      return known.trace;
    }
    const trace = await this.#model.trace(tokens, sites, edits);
    this.#held.set(key, { trace, bytes: sites.reduce((sum, site) => sum + trace.get(site).data.byteLength, 0) });
    let bytes = [...this.#held.values()].reduce((sum, held) => sum + held.bytes, 0);
    for (const [oldest, held] of [...this.#held]) {
      if (bytes <= this.#maxBytes || oldest === key) break;
      this.#held.delete(oldest);
      bytes -= held.bytes;
    }
    return trace;
  }
}
