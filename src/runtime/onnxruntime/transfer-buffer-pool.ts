import { viewAs } from "../../tensor/dtype.ts";
import type { TransferredTensor } from "./worker-thread.ts";

/**
 * Buffers that carry feeds to a worker thread and come back with its answer. A thousand runs reuse the same few buffers;
 * if the message itself copied the feeds, each copy would be allocated and collected twice.
 */
export class TransferBufferPool {
  /** Idle buffers by length in bytes: consecutive runs need the same lengths. */
  readonly #idle = new Map<number, ArrayBuffer[]>();

  /** Copies the feeds into buffers that may be transferred; the caller keeps its own. */
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
