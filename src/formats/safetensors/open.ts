import path from "node:path";
import { exists, isFolder } from "../../files/look.ts";
import type { TensorReader } from "../tensor-source.ts";
import { indexName, openSafetensors, shardsOf, singleName, wholeOf } from "./sharded.ts";
import { storageTypes } from "./storage-types.ts";

/** Safetensors files as tensors: one file, an index of shards, one of its shards, or the folder of either. */
export const safetensorsReader: TensorReader = {
  names: { whole: singleName, index: indexName },
  describesItself: false,
  open(file) {
    const model = openSafetensors(file);
    const tensors = [...model.tensors].map(
      ([name, { shape, storage }]) => [name, { shape, storage, dtype: storageTypes.get(storage)?.dtype }] as const,
    );
    return {
      format: "safetensors",
      source: { where: file, tensors: new Map(tensors), read: (name, mostBytes) => model.readTensor(name, mostBytes) },
      folder: isFolder(file) ? file : path.dirname(file),
      metadata: undefined,
      close: () => model.close(),
    };
  },
  filesOf(file) {
    const whole = wholeOf(file);
    if (!whole.endsWith(".json")) return [whole];
    const shards = shardsOf(whole).map((name) => path.join(path.dirname(whole), path.basename(name)));
    return [whole, ...shards.filter((shard) => exists(shard)).sort()];
  },
};
