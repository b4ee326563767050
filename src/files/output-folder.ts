import fs from "node:fs";
import path from "node:path";
import { GlassboxError } from "../tensor/errors.ts";
import { makeRealFolders } from "./real-folders.ts";
import { oursIn, type Ours } from "./ours.ts";
import { systemFailure } from "./system-failure.ts";
import { removeLeftovers } from "./temporary.ts";
import { writeWhole } from "./write-whole.ts";

export interface OutputSettings {
  /** Answers are never taken for inputs; files, such as pictures to probe with, are. */
  readonly kind: "results" | "files";
  /**
   * The folder that the person named or is in. The folders below it must be real ones: a checkout may hold links that lead
   * elsewhere. By default the folder itself, which then may be a link, because the person named it.
   */
  readonly within?: string | undefined;
}

/**
 * A folder for files that Glassbox makes. Every file appears whole. Nothing is written through links that lie in it, and nothing is
 * written over that Glassbox did not write.
 */
export class OutputFolder {
  readonly folder: string;
  readonly #kind: OutputSettings["kind"];
  readonly #within: string;
  readonly #ours = new Map<string, Ours>();

  constructor(folder: string, { kind, within = folder }: OutputSettings) {
    this.folder = path.resolve(folder);
    this.#kind = kind;
    this.#within = path.resolve(within);
  }

  /** @param name relative to the folder, with forward slashes @returns the path */
  write(name: string, contents: Uint8Array | string): string {
    const file = this.pathOf(name);
    try {
      if (!this.#ours.has(path.dirname(file))) makeRealFolders(path.dirname(file), this.#within);
      const ours = this.#oursIn(path.dirname(file));
      const base = path.basename(file);
      const there = fs.lstatSync(file, { throwIfNoEntry: false });
      if (there !== undefined && !there.isSymbolicLink() && !ours.has(base)) throw notOurs(file, there.isDirectory());
      ours.add(base);
      writeWhole(file, contents, { durable: this.#kind === "results" });
      return file;
    } catch (error) {
      throw systemFailure(error, "written", file);
    }
  }

  /** The path of a name in the folder; refuses a name that leads out of it. */
  pathOf(name: string): string {
    const file = path.join(this.folder, name);
    const inside = path.relative(this.folder, file);
    if (
      inside !== "" &&
      inside !== ".." &&
      !inside.startsWith(`..${path.sep}`) &&
      !path.isAbsolute(inside) &&
      !name.includes("\0")
    )
      return file;
    throw new GlassboxError("file", `the name ${JSON.stringify(name.slice(0, 80))} leads out of the folder`, {
      where: this.folder,
    });
  }

  /** Removes what ended processes left half written, in the folder and in these folders of it. */
  removeLeftovers(inner: readonly string[] = []): void {
    removeLeftovers([this.folder, ...inner.map((name) => path.join(this.folder, name))]);
  }

  /** Folders below follow the folder itself if it is Glassbox's as a whole. */
  #oursIn(folder: string): Ours {
    const known = this.#ours.get(folder);
    if (known) return known;
    const above = folder === this.folder ? undefined : this.#oursIn(this.folder);
    const own = above?.whole() ? above : oursIn(folder, this.#kind);
    this.#ours.set(folder, own);
    return own;
  }
}

const notOurs = (file: string, isFolder: boolean): GlassboxError =>
  new GlassboxError("file", `${path.basename(file)} is there already, and Glassbox did not write it`, {
    where: file,
    hint: isFolder
      ? "It is a folder. Name another folder with --out."
      : "Move it away, or name another folder with --out.",
  });
