import path from "node:path";
import { exists, realPath } from "../../files/look.ts";
import { OutputFolder } from "../../files/output-folder.ts";
import { readWhole, textOf } from "../../files/read-whole.ts";
import { GlassboxError, messageOf } from "../../tensor/errors.ts";

/**
 * A folder of results that several processes may write at once: every file appears whole, by a name of
 * its own first, and writing it again writes the same bytes.
 */
export class Store {
  readonly folder: string;
  readonly #output: OutputFolder;
  /** Called with each written file. */
  onWrite: (name: string) => void = () => undefined;

  /** @param within the folder that the person named or is in; by default the folder itself */
  constructor(folder: string, within = folder) {
    this.folder = path.resolve(folder);
    this.#output = new OutputFolder(folder, { kind: "results", within });
  }

  write(name: string, contents: Uint8Array | string): void {
    this.#output.write(name, contents);
    this.onWrite(name);
  }

  writeJson(name: string, value: unknown): void {
    this.write(name, `${JSON.stringify(value, undefined, 1)}\n`);
  }

  has(name: string): boolean {
    return exists(this.#output.pathOf(name));
  }

  /** @param name from a file of results, which may be a stranger's: it does not lead out of the folder */
  read(name: string): Uint8Array {
    const file = this.#output.pathOf(name);
    // Not through links either; the folder itself may be one.
    const [root, real] = [realPath(this.folder), realPath(file)];
    if (root !== undefined && real !== undefined && path.relative(root, real) !== path.relative(this.folder, file))
      throw new GlassboxError("file", `${name} is a link, and results are read from their own folder only`, {
        where: this.folder,
      });
    return readWhole(file, mostBytes);
  }

  readJson(name: string): unknown {
    try {
      return JSON.parse(textOf(this.read(name)));
    } catch (error) {
      throw new GlassboxError("file", `this file of results cannot be read: ${messageOf(error)}`, {
        where: path.join(this.folder, name),
        hint: "Run the experiment again into an empty folder.",
      });
    }
  }

  /** Removes files that a killed process left half written. */
  removeLeftovers(): void {
    this.#output.removeLeftovers(["tasks", "inputs"]);
  }
}

/** A trace of a long prompt; Node holds no larger array at once. */
const mostBytes = 2 ** 31;
