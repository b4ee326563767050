import fs from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";

/** One case of ONNX's own operator tests: a model, and what it must turn its inputs into. */
export interface NodeCase {
  readonly name: string;
  readonly model: Uint8Array;
  readonly inputs: readonly Uint8Array[];
  readonly outputs: readonly Uint8Array[];
}

const archive = path.resolve(process.env.GLASSBOX_ROOT ?? ".", "../shared/conformance/onnx-node-tests.tgz");

export const nodeSuiteIsHere = (): boolean => fs.existsSync(archive);

/** All cases, sorted by name, from the archive of the suite; unpacked in memory. */
export function nodeSuite(): NodeCase[] {
  const files = new Map<string, Map<string, Uint8Array>>();
  for (const [name, bytes] of tarFiles(gunzipSync(fs.readFileSync(archive)))) {
    const [, test, ...rest] = name.split("/");
    if (!files.has(test!)) files.set(test!, new Map());
    files.get(test!)!.set(rest.join("/"), bytes);
  }
  return [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, parts]) => {
      const model = parts.get("model.onnx");
      return model ? [{ name, model, inputs: tensors(parts, "input"), outputs: tensors(parts, "output") }] : [];
    });
}

function tensors(parts: ReadonlyMap<string, Uint8Array>, role: string): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let i = 0; ; i++) {
    const bytes = parts.get(`test_data_set_0/${role}_${i}.pb`);
    if (bytes === undefined) return found;
    found.push(bytes);
  }
}

/**
 * ustar: a header of 512 bytes with name, octal size and kind, then the data in blocks of 512. GNU's
 * kind "L" holds the next file's name, where that is over 100 bytes.
 */
function* tarFiles(tar: Buffer): Generator<[name: string, bytes: Uint8Array]> {
  const text = (from: number, length: number): string =>
    tar.toString("latin1", from, from + length).replace(/\0.*$/s, "");
  let longName = "";
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0;) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    const kind = text(at + 156, 1);
    if (kind === "L") longName = text(at + 512, size);
    else {
      if (kind === "0" || kind === "") yield [longName || text(at, 100), tar.subarray(at + 512, at + 512 + size)];
      longName = "";
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
}
