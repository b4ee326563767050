import type { Progress } from "../protocol/result.ts";
import { oneLine } from "./terminal/terminal-text.ts";

/** Where progress goes: standard error, so that results can be piped. */
export interface ProgressStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

const eraseLine = "\r\u001b[K";
const barWidth = 24;
/** In a pipe, at most one line per second is written. */
const quietMs = 1000;

/** A bar that redraws itself on a terminal; plain lines, rarely, elsewhere. */
export class ProgressLine {
  readonly #stream: ProgressStream;
  readonly #now: () => number;
  #last = -Infinity;
  #drawn = false;

  constructor(stream: ProgressStream, now: () => number = () => performance.now()) {
    this.#stream = stream;
    this.#now = now;
  }

  update(label: string, { done, total, note }: Progress): void {
    if (this.#stream.isTTY) {
      const text = `${label} ${bar(total > 0 ? done / total : 0)} ${note}`;
      this.#stream.write(eraseLine + oneLine(text).slice(0, (this.#stream.columns ?? 80) - 1));
      this.#drawn = true;
      return;
    }
    if (this.#now() - this.#last < quietMs) return;
    this.#last = this.#now();
    this.#stream.write(`${oneLine(`${label}: ${note}`)}\n`);
  }

  /** Says what the user waits for, before there is progress to count. */
  wait(label: string): void {
    if (!this.#stream.isTTY) return;
    this.#stream.write(eraseLine + oneLine(label).slice(0, (this.#stream.columns ?? 80) - 1));
    this.#drawn = true;
  }

  /** Removes the bar, so that the next line starts clean. */
  clear(): void {
    if (this.#drawn) this.#stream.write(eraseLine);
    this.#drawn = false;
  }
}

function bar(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * barWidth);
  return "━".repeat(full) + "─".repeat(barWidth - full);
}
