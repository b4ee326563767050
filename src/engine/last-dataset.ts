import type { Dataset } from "../data/datasets/dataset.ts";
import { openDataset } from "../data/datasets/open.ts";

/** The dataset asked for last: its labels, pictures and analyses are asked one after the other. */
export class LastDataset {
  #last: Dataset | undefined;

  /** Reads the files again, because they may have changed. */
  open(reference: string): Dataset {
    return (this.#last = openDataset(reference));
  }

  /** As it was last read, if it is the last one. */
  reuse(reference: string): Dataset {
    return this.#last?.reference === reference ? this.#last : this.open(reference);
  }
}
