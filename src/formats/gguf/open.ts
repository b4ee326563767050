import path from "node:path";
import type { TensorReader } from "../tensor-source.ts";
import { dequantizerOf } from "./dequantize.ts";
import { openGguf } from "./read.ts";
import { readTensor } from "./tensors.ts";

/** GGUF files as tensors. They also say what network they are, and hold its tokenizer. */
export const ggufReader: TensorReader = {
  names: undefined,
  describesItself: true,
  open(file) {
    const model = openGguf(file);
    const tensors = [...model.tensors].map(
      ([name, { shape, type }]) =>
        [name, { shape, storage: type.name, dtype: dequantizerOf(type.name) && ("float32" as const) }] as const,
    );
    return {
      format: "gguf",
      source: { where: file, tensors: new Map(tensors), read: (name, mostBytes) => readTensor(model, name, mostBytes) },
      folder: path.dirname(file),
      metadata: model.metadata,
      close: () => model.source.close(),
    };
  },
  filesOf: (file) => [file],
};
