/** How long a thread may be silent, in milliseconds. Work looks at its flag between micro-batches, which take less. */
export interface Patience {
  /** After each of its requests was cancelled. */
  readonly cancelled: number;
  /** The same, while a runtime computes: a run cannot be stopped, and its thread has models that must be read again. */
  readonly computing: number;
  /** The same, though it takes turns: whatever goes on does not look at its flag. */
  readonly ignored: number;
  /** After some of its requests were cancelled: the others lose what they have. */
  readonly shared: number;
  /** While nothing was cancelled: longer than any file takes to read. */
  readonly silent: number;
}

const usualPatience: Patience = {
  cancelled: 3000,
  computing: 10_000,
  ignored: 15_000,
  shared: 30_000,
  silent: 600_000,
};

/** What is known of a thread when it is looked at. Times are in milliseconds of one clock. */
export interface Signs {
  readonly now: number;
  /** Changes whenever the thread takes a turn. */
  readonly beats: number;
  /** Whether a runtime computes: a single run of a large model may take an hour. */
  readonly computing: boolean;
  /** When each unanswered request was cancelled; `undefined` for those that are wanted. */
  readonly requests: readonly (number | undefined)[];
}

export type Verdict = "alive" | "ignores cancelling" | "silent";

/** Decides from the signs of a thread whether it still works or has to be ended. */
export class Watchdog {
  readonly #patience: Patience;
  #beats: number | undefined;
  #beatAt = 0;

  constructor(patience: Patience = usualPatience) {
    this.#patience = patience;
  }

  look({ now, beats, computing, requests }: Signs): Verdict {
    if (beats !== this.#beats) {
      this.#beats = beats;
      this.#beatAt = now;
    }
    const { cancelled, computing: run, ignored, shared, silent } = this.#patience;
    const times = requests.filter((time) => time !== undefined);
    if (times.length > 0) {
      const wanted = times.length < requests.length;
      const patience = wanted ? (computing ? Infinity : shared) : computing ? run : cancelled;
      const silentFor = now - Math.max(this.#beatAt, Math.min(...times));
      if (silentFor >= patience || (!wanted && now - Math.max(...times) >= ignored)) return "ignores cancelling";
    }
    return !computing && now - this.#beatAt >= silent ? "silent" : "alive";
  }

  /** Nothing was asked of the thread until now, so its silence means nothing. */
  restart(now: number): void {
    this.#beatAt = now;
  }
}
