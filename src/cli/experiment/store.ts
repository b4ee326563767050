import fs from "node:fs";
import path from "node:path";
import { GlassboxError, messageOf } from "../../tensor/errors.ts";

/**
 * A folder of results that several processes may write at once: every file appears whole, by a name of
 * its own first, and writing it again writes the same bytes.
 */
export class Store {
  readonly folder: string;
  /** Called with each written file. */
  onWrite: (name: string) => void = () => undefined;

  constructor(folder: string) {
    this.folder = path.resolve(folder);
  }

  write(name: string, contents: Uint8Array | string): void {
    const file = path.join(this.folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const temporary = `${file}.${process.pid}.tmp`;
    try {
      fs.writeFileSync(temporary, contents);
      fs.renameSync(temporary, file);
      this.onWrite(name);
    } catch (error) {
      fs.rmSync(temporary, { force: true });
      throw error;
    }
  }

  writeJson(name: string, value: unknown): void {
    this.write(name, `${JSON.stringify(value, undefined, 1)}\n`);
  }

  has(name: string): boolean {
    return fs.existsSync(path.join(this.folder, name));
  }

  read(name: string): Uint8Array {
    return fs.readFileSync(path.join(this.folder, name));
  }

  readJson(name: string): unknown {
    try {
      return JSON.parse(fs.readFileSync(path.join(this.folder, name), "utf8"));
    } catch (error) {
      throw new GlassboxError("file", `this file of results cannot be read: ${messageOf(error)}`, {
        where: path.join(this.folder, name),
        hint: "Run the experiment again into an empty folder.",
      });
    }
  }

  /** Removes files that a killed process left half written. */
  removeLeftovers(): void {
    for (const name of fs.existsSync(this.folder)
      ? fs.readdirSync(this.folder, { recursive: true, encoding: "utf8" })
      : []) {
      const match = /\.(\d+)\.tmp$/.exec(name);
      if (match && !alive(Number(match[1]))) fs.rmSync(path.join(this.folder, name), { force: true });
    }
  }
}

/**
 * A process id from another machine may belong to an unrelated process here. The file is then kept while that process
 * runs.
 */
function alive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
}
