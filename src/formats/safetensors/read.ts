import { bytesPerElement, viewAs } from "../../tensor/dtype.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { tensor, type Tensor } from "../../tensor/tensor.ts";
import type { ByteSource } from "../source.ts";
import { checkTensorBytes, defaultMaxTensorBytes } from "../tensor-bytes.ts";
import { readHeader, type SafetensorsEntry, type SafetensorsHeader } from "./header.ts";
import { storageTypes } from "./storage-types.ts";

/** Weights by name, each read from its file only when asked for. */
export interface SafetensorsModel extends SafetensorsHeader {
  /** In storage type, byte for byte; more than `mostBytes` are refused. */
  readTensor(name: string, mostBytes?: number): Tensor;
  close(): void;
}

export const readSafetensors = (source: ByteSource): SafetensorsModel => modelOf(readHeader(source), [source]);

export function modelOf(header: SafetensorsHeader, sources: readonly ByteSource[]): SafetensorsModel {
  return {
    ...header,
    readTensor(name, mostBytes = defaultMaxTensorBytes) {
      const entry = header.tensors.get(name);
      if (entry === undefined)
        throw new GlassboxError("file", `there is no tensor ${JSON.stringify(name)}`, { where: sources[0]?.name });
      return readEntry(entry, mostBytes);
    },
    close() {
      for (const source of sources) source.close();
    },
  };
}

function readEntry({ name, storage, shape, source, offset, byteLength }: SafetensorsEntry, mostBytes: number): Tensor {
  const dtype = storageTypes.get(storage)?.dtype;
  if (dtype === undefined) {
    throw new GlassboxError(
      "unsupported",
      `the tensor ${JSON.stringify(name)} is stored as ${storage}, which cannot be read`,
      { where: source.name, hint: "Save the model in float32, float16 or bfloat16." },
    );
  }
  const length = sizeOf(shape);
  checkTensorBytes(length * bytesPerElement(dtype), mostBytes, JSON.stringify(name.slice(0, 80)), source.name);
  return tensor(dtype, shape, viewAs(dtype, source.read(offset, byteLength).buffer, 0, length));
}
