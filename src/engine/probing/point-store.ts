import fs from "node:fs";
import path from "node:path";
import type { ProbePoint, ProbeProvenance } from "../../protocol/probing.ts";
import { hashBytes } from "../models/file-hash.ts";

/** Points by what they were made of: an equal question is answered from disk, a stopped one goes on where it was. */
export class PointStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    fs.mkdirSync(folder, { recursive: true });
  }

  get(provenance: ProbeProvenance): readonly ProbePoint[] {
    try {
      return JSON.parse(fs.readFileSync(this.#file(provenance), "utf8")) as ProbePoint[];
    } catch {
      return [];
    }
  }

  /** A full disk must not lose the answer: what cannot be kept is only not kept. */
  put(provenance: ProbeProvenance, points: readonly ProbePoint[]): void {
    const file = this.#file(provenance);
    const temporary = `${file}.${process.pid}.tmp`;
    try {
      fs.writeFileSync(temporary, JSON.stringify(points));
      fs.renameSync(temporary, file);
    } catch {
      fs.rmSync(temporary, { force: true });
    }
  }

  /** Without the sites: a point depends on its own only, so a sweep of other sites uses what it shares. */
  #file(provenance: ProbeProvenance): string {
    return path.join(
      this.#folder,
      `${hashBytes(JSON.stringify({ ...provenance, sites: undefined })).slice(0, 40)}.json`,
    );
  }
}
