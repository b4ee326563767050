/** The values used last, by key: the least recently used one is dropped when there are more than `most`. */
export class Recent<Value> {
  readonly #most: number;
  readonly #values = new Map<string, Value>();
  readonly #dropped: (value: Value) => void;

  /** @param dropped is told of each value that no longer fits */
  constructor(most: number, dropped: (value: Value) => void = () => undefined) {
    this.#most = most;
    this.#dropped = dropped;
  }

  get size(): number {
    return this.#values.size;
  }

  /** The value, which now counts as used last. */
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

  /** The value, made now if it is unknown. A value whose making throws is not kept. */
  ensure(key: string, make: () => Value): Value {
    return this.get(key) ?? this.set(key, make());
  }

  delete(key: string): void {
    this.#values.delete(key);
  }

  /** From the least recently used to the last. */
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
