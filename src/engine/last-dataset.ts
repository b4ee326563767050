import type { Dataset } from "../data/datasets/dataset.ts";
import { openDataset } from "../data/datasets/open.ts";

/** The most recently used dataset, because its labels, pictures and analyses are requested one after another. */
export class LastDataset {
  #last: Dataset | undefined;

  /** Reads the files again, because they may have changed. */
  open(reference: string): Dataset {
    return (this.#last = openDataset(reference));
  }

  /** The dataset without reading it again, if it is the most recent one. */
  reuse(reference: string): Dataset {
    return this.#last?.reference === reference ? this.#last : this.open(reference);
  }
}
