import path from "node:path";
import { pathToFileURL } from "node:url";

/** The part of VS Code's Uri that panels use: files of this machine, and whatever else a text names. */
export class Uri {
  readonly scheme: string;
  readonly path: string;

  private constructor(scheme: string, where: string) {
    this.scheme = scheme;
    this.path = where;
  }

  static file(where: string): Uri {
    return new Uri("file", where);
  }

  /** Text without a scheme is a file, as in VS Code. */
  static parse(text: string): Uri {
    const [, scheme = "file", where = text] = /^([a-z][a-z0-9+.-]*):(?:\/\/[^/]*)?(.*)$/is.exec(text) ?? [];
    return new Uri(scheme, decodeURIComponent(where));
  }

  static joinPath({ scheme, path: from }: Uri, ...names: readonly string[]): Uri {
    return new Uri(scheme, path.posix.join(from, ...names));
  }

  get fsPath(): string {
    return path.normalize(this.path);
  }

  toString(): string {
    return this.scheme === "file" ? pathToFileURL(this.path).href : `${this.scheme}:${this.path}`;
  }
}
