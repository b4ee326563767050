import { GlassboxError } from "../tensor/errors.ts";
import type { ByteSource } from "./source.ts";
import { readZipDirectory } from "./zip-directory.ts";

/** A file whose kind is asked for: what every sniffer looks at, read once. */
export interface Candidate {
  readonly source: ByteSource;
  /** The first bytes, up to 1024. */
  readonly head: Uint8Array;
  /** The same as Latin-1, for patterns. */
  readonly latin: string;
  /** Names of the entries where it is a zip archive; none elsewhere. */
  readonly entries: () => readonly string[];
}

export type Sniffer = (candidate: Candidate) => boolean;

export function candidateOf(source: ByteSource): Candidate {
  const head = source.read(0, Math.min(1024, source.size));
  const latin = String.fromCharCode(...head);
  let names: readonly string[] | undefined;
  return { source, head, latin, entries: () => (names ??= latin.startsWith("PK\x03\x04") ? zipNames(source) : []) };
}

function zipNames(source: ByteSource): readonly string[] {
  try {
    return readZipDirectory(source).map(({ name }) => name);
  } catch (error) {
    if (error instanceof GlassboxError) return [];
    throw error;
  }
}

/** A zip archive with an entry of this name. */
export const zipWith =
  (name: RegExp): Sniffer =>
  ({ entries }) =>
    entries().some((entry) => name.test(entry));
