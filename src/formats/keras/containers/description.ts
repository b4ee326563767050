import { GlassboxError } from "../../../tensor/errors.ts";
import type { Fact } from "../../imported.ts";

export type KerasVersion = 1 | 2 | 3;

/** "2.4.0", "2.13.1-tf", "3.3.3"; files of Keras 1 name no version. */
export const versionOf = (text: string | undefined): KerasVersion =>
  text === undefined ? 1 : /^3\./.test(text) ? 3 : /^1\./.test(text) ? 1 : 2;

export const factsOf = (version: string | undefined, backend: string | undefined): readonly Fact[] => [
  ...(version === undefined ? [] : [{ name: "Keras", value: version.slice(0, 40) }]),
  ...(backend === undefined ? [] : [{ name: "producer", value: `Keras on ${backend.slice(0, 40)}` }]),
];

/** A description of a network is text of a few megabytes at most. */
export const mostDescriptionBytes = 1 << 26;

export const decoded = (bytes: Uint8Array, where: string): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new GlassboxError("file", "the model's description is not UTF-8 text", { where });
  }
};
