/** The last few values that were made, by what they were made from. A making that fails is not kept. */
export class Recent<V> {
  readonly #kept: number;
  readonly #values = new Map<string, V>();

  constructor(kept: number) {
    this.#kept = kept;
  }

  get(key: string, make: () => V): V {
    const value = this.#values.has(key) ? this.#values.get(key)! : make();
    this.#values.delete(key);
    this.#values.set(key, value);
    const [oldest] = this.#values.keys();
    if (this.#values.size > this.#kept && oldest !== undefined) this.#values.delete(oldest);
    return value;
  }
}
