import { viewAs } from "../../tensor/dtype.ts";
import type { TransferredTensor } from "./worker-thread.ts";

/**
 * Buffers that carry feeds to a thread and come back with its answer: a sweep of a thousand pictures fills the same few,
 * where copies by the message itself would each be allocated twice and collected twice.
 */
export class TransferBufferPool {
  /** By length in bytes: runs of a sweep are alike. */
  readonly #idle = new Map<number, ArrayBuffer[]>();

  /** The feeds in buffers of their own, which may be transferred; the caller keeps its. */
  load(feeds: readonly TransferredTensor[]): readonly TransferredTensor[] {
    return feeds.map((feed) => {
      const { type, data } = feed;
      const copy = viewAs(
        type,
        this.#idle.get(data.byteLength)?.pop() ?? new ArrayBuffer(data.byteLength),
        0,
        data.length,
      );
      copy.set(data as never);
      return { ...feed, data: copy };
    });
  }

  keep(buffers: readonly ArrayBuffer[]): void {
    for (const buffer of buffers) {
      const alike = this.#idle.get(buffer.byteLength);
      if (alike) alike.push(buffer);
      else this.#idle.set(buffer.byteLength, [buffer]);
    }
  }

  clear(): void {
    this.#idle.clear();
  }
}
