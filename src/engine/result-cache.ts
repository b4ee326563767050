import fs from "node:fs";
import path from "node:path";
import { deserialize, serialize } from "node:v8";
import type { Provenance, Result } from "../protocol/result.ts";
import { hashBytes } from "./models/file-hash.ts";

/** Results by what they were made of: an equal question is answered from disk, after a reload as well. */
export class ResultCache<R extends { readonly provenance: Provenance } = Result> {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    fs.mkdirSync(folder, { recursive: true });
  }

  get(provenance: Provenance): R | undefined {
    try {
      return deserialize(fs.readFileSync(this.#file(provenance))) as R;
    } catch {
      return undefined;
    }
  }

  /** A full disk must not lose the answer, so a result that cannot be kept is only not kept. */
  put(result: R): void {
    const file = this.#file(result.provenance);
    const temporary = `${file}.${process.pid}.tmp`;
    try {
      fs.writeFileSync(temporary, serialize(result));
      fs.renameSync(temporary, file);
    } catch {
      fs.rmSync(temporary, { force: true });
    }
  }

  #file(provenance: Provenance): string {
    return path.join(this.#folder, `${hashBytes(JSON.stringify(provenance)).slice(0, 40)}.result`);
  }
}
