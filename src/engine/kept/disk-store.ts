import { deserialize, serialize } from "node:v8";
import { KeptFolder } from "../../files/kept-folder.ts";
import { hashBytes } from "../file-hash.ts";

/** Everything that is asked in a month of work. */
const mostBytes = 4 * 2 ** 30;

/**
 * A disk cache. Keys contain everything that a value depends on, so an equal question is answered immediately, also in
 * another process. What is damaged, or has another shape, counts as not there.
 */
export class DiskStore<Value> {
  readonly #kept: KeptFolder;
  readonly #isValue: (value: unknown) => value is Value;

  /** @param isValue what was kept may have been written by another version, or by something else */
  constructor(folder: string, isValue: (value: unknown) => value is Value) {
    this.#kept = new KeptFolder(folder, { mostBytes });
    this.#isValue = isValue;
  }

  get(question: unknown): Value | undefined {
    const bytes = this.#kept.read(nameOf(question));
    if (bytes === undefined) return undefined;
    try {
      const { question: asked, value } = deserialize(bytes) as { question: unknown; value: unknown };
      return asked === JSON.stringify(question) && this.#isValue(value) ? value : undefined;
    } catch {
      // Another version of Node may write what this one does not read.
      return undefined;
    }
  }

  /** A full disk must not lose the answer: failures to write are ignored. */
  put(question: unknown, value: Value): void {
    let bytes: Uint8Array;
    try {
      bytes = serialize({ question: JSON.stringify(question), value });
    } catch (error) {
      // Node holds no array of this size; the answer itself is whole.
      if (error instanceof RangeError) return;
      throw error;
    }
    this.#kept.write(nameOf(question), bytes);
  }

  drop(question: unknown): void {
    this.#kept.remove(nameOf(question));
  }
}

const nameOf = (question: unknown): string => hashBytes(JSON.stringify(question)).slice(0, 40);
