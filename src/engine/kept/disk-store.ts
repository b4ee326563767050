import fs from "node:fs";
import path from "node:path";
import { deserialize, serialize } from "node:v8";
import { hashBytes } from "../file-hash.ts";

/**
 * A disk cache. Keys contain everything that a value depends on, so an equal question is answered immediately, also in
 * another process.
 */
export class DiskStore<Value> {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    fs.mkdirSync(folder, { recursive: true });
  }

  get(question: unknown): Value | undefined {
    try {
      return deserialize(fs.readFileSync(this.#file(question))) as Value;
    } catch {
      return undefined;
    }
  }

  /** A full disk must not lose the answer: failures to write are ignored. */
  put(question: unknown, value: Value): void {
    const file = this.#file(question);
    const temporary = `${file}.${process.pid}.tmp`;
    try {
      fs.writeFileSync(temporary, serialize(value));
      fs.renameSync(temporary, file);
    } catch {
      fs.rmSync(temporary, { force: true });
    }
  }

  drop(question: unknown): void {
    fs.rmSync(this.#file(question), { force: true });
  }

  #file(question: unknown): string {
    return path.join(this.#folder, hashBytes(JSON.stringify(question)).slice(0, 40));
  }
}
