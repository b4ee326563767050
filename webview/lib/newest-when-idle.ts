/** After so many milliseconds the newest value is handed on although the page is never idle. */
const longestWait = 1000;

/**
 * Hands on the newest of many values when the page has nothing else to do. An engine sends partial results faster than a
 * busy machine draws them, and a page that draws each one no longer hears a click on Cancel.
 */
export class NewestWhenIdle<T> {
  readonly #hand: (value: T) => void;
  #value: { readonly newest: T } | undefined;

  constructor(hand: (value: T) => void) {
    this.#hand = hand;
  }

  put(newest: T): void {
    const asked = this.#value !== undefined;
    this.#value = { newest };
    if (!asked) whenIdle(() => this.flush());
  }

  /** Hands on at once what waits, if anything does. */
  flush(): void {
    const waiting = this.#value;
    this.#value = undefined;
    if (waiting) this.#hand(waiting.newest);
  }

  /** Forgets what waits. */
  drop(): void {
    this.#value = undefined;
  }
}

const whenIdle: (work: () => void) => void =
  typeof requestIdleCallback === "function"
    ? (work) => void requestIdleCallback(work, { timeout: longestWait })
    : (work) => void setTimeout(work);
