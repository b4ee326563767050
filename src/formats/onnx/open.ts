import path from "node:path";
import { fileSource } from "../source.ts";
import type { Sizes } from "./dimensions.ts";
import { importOnnx } from "./import.ts";
import type { Imported } from "./imported.ts";
import { readOnnx } from "./read.ts";
import type { OnnxModel } from "./records.ts";

export interface OpenedOnnx {
  readonly file: string;
  readonly bytes: number;
  readonly model: OnnxModel;
  /** The network at chosen sizes: cheap to call again, since weights stay in the file. With the file's hash, weights are known by their place in it. */
  importWith(sizes?: Sizes, hash?: string): Imported;
  close(): void;
}

/** Opens a model file: its structure is read at once, its weights when they are needed. */
export function openOnnx(file: string): OpenedOnnx {
  const source = fileSource(file);
  try {
    const model = readOnnx(source);
    return {
      file,
      bytes: source.size,
      model,
      importWith: (sizes = {}, hash = undefined) =>
        importOnnx(model, { ...sizes, hash, folder: path.dirname(file), file }),
      close: () => source.close(),
    };
  } catch (error) {
    source.close();
    throw error;
  }
}
