/** The most recently used values by key. The least recently used one is dropped if there are more than `most`. */
export class Recent<Value> {
  readonly #most: number;
  readonly #values = new Map<string, Value>();
  readonly #dropped: (value: Value) => void;

  /** @param dropped is called with each value that is dropped */
  constructor(most: number, dropped: (value: Value) => void = () => undefined) {
    this.#most = most;
    this.#dropped = dropped;
  }

  get size(): number {
    return this.#values.size;
  }

  /** Returns the value and marks it as most recently used. */
  get(key: string): Value | undefined {
    const value = this.#values.get(key);
    if (value !== undefined) this.#touch(key, value);
    return value;
  }

  set(key: string, value: Value): Value {
    this.#touch(key, value);
    while (this.#values.size > this.#most) this.#dropOldest();
    return value;
  }

  /** Returns the value, and makes it if it is unknown. If `make` throws, nothing is stored. */
  ensure(key: string, make: () => Value): Value {
    return this.get(key) ?? this.set(key, make());
  }

  delete(key: string): void {
    this.#values.delete(key);
  }

  /** Drops all values. */
  clear(): void {
    while (this.#values.size > 0) this.#dropOldest();
  }

  /** The values from the least to the most recently used. */
  values(): IterableIterator<Value> {
    return this.#values.values();
  }

  #touch(key: string, value: Value): void {
    this.#values.delete(key);
    this.#values.set(key, value);
  }

  #dropOldest(): void {
    const [oldest] = this.#values;
    if (oldest === undefined) return;
    this.#values.delete(oldest[0]);
    this.#dropped(oldest[1]);
  }
}
