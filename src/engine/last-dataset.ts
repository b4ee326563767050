import type { Dataset } from "../data/datasets/dataset.ts";
import { openDataset } from "../data/datasets/open.ts";

/** The most recently used dataset, because its labels, pictures and analyses are requested one after another. */
export class LastDataset {
  readonly #memoryBudgetBytes: number;
  #last: Dataset | undefined;

  constructor(memoryBudgetBytes: number) {
    this.#memoryBudgetBytes = memoryBudgetBytes;
  }

  /** Reads the files again, because they may have changed. */
  open(reference: string): Dataset {
    return (this.#last = openDataset(reference, this.#memoryBudgetBytes));
  }

  /** The dataset without reading it again, if it is the most recent one. */
  reuse(reference: string): Dataset {
    return this.#last?.reference === reference ? this.#last : this.open(reference);
  }
}
