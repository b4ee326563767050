import { exists, realPath } from "../../files/look.ts";
import path from "node:path";
import type { DType } from "../../tensor/dtype.ts";
import { bytesPerElement, viewAs } from "../../tensor/dtype.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { sizeOf, type Shape } from "../../tensor/shape.ts";
import { castTensor, fromFloat64, tensor, toFloat64, type Tensor } from "../../tensor/tensor.ts";
import { isObject, type JsonObject } from "../keras/config.ts";
import type { Weight } from "../keras/weights/weight.ts";
import type { Json } from "../safetensors/json.ts";
import { fileSource, type ByteSource } from "../source.ts";
import { checkTensorBytes, defaultMaxTensorBytes } from "../tensor-bytes.ts";

const mostShards = 4096;

/** How numbers are stored: quantized ones are `stored · scale + min`, halves are only narrower. */
interface Storage {
  readonly dtype: DType;
  readonly scale: number;
  readonly min: number;
}

/**
 * The weights of a model.json by name. Each group of `weightsManifest` is a list of files that are read as one, and of the weights
 * in them, one after another.
 */
export function readManifest(
  manifest: Json | undefined,
  folder: string,
  where: string,
): { readonly weights: readonly Weight[]; readonly files: readonly string[]; close(): void } {
  const sources: ByteSource[] = [];
  try {
    const weights = groupsOf(manifest, where).flatMap((group) => {
      const shards = pathsOf(group, where).map((name) => {
        const source = fileSource(shardPath(folder, name, where));
        sources.push(source);
        return source;
      });
      return weightsOf(group, shards, where);
    });
    return {
      weights,
      files: sources.map(({ name }) => name),
      close: () => sources.forEach((source) => source.close()),
    };
  } catch (error) {
    for (const source of sources) source.close();
    throw error;
  }
}

const refuse = (what: string, where: string): GlassboxError => new GlassboxError("file", what, { where });

function groupsOf(manifest: Json | undefined, where: string): readonly JsonObject[] {
  if (!Array.isArray(manifest) || !(manifest as readonly Json[]).every(isObject))
    throw refuse("the file has no weightsManifest", where);
  return manifest as unknown as readonly JsonObject[];
}

function pathsOf(group: JsonObject, where: string): readonly string[] {
  const paths = group.get("paths");
  if (
    !Array.isArray(paths) ||
    paths.length > mostShards ||
    !(paths as readonly Json[]).every((each) => typeof each === "string")
  )
    throw refuse("a group of the weightsManifest names no files", where);
  return paths as unknown as readonly string[];
}

/** A name in the manifest is text from a stranger: only files of the model's own folder are opened. */
function shardPath(folder: string, name: string, where: string): string {
  const shown = JSON.stringify(name.slice(0, 80));
  if (name === "" || name === "." || name === ".." || /[/\\:\0]/.test(name))
    throw refuse(`the weightsManifest names the file ${shown}, which is not a plain file name`, where);
  const file = path.join(folder, name);
  if (!exists(file)) throw refuse(`the file ${shown} that the weightsManifest names is missing`, where);
  if (path.dirname(realPath(file) ?? "") !== realPath(folder))
    throw refuse(`the file ${shown} is a link that leaves the model's folder`, where);
  return file;
}

function weightsOf(group: JsonObject, shards: readonly ByteSource[], where: string): readonly Weight[] {
  const listed = group.get("weights");
  if (!Array.isArray(listed)) throw refuse("a group of the weightsManifest lists no weights", where);
  const total = shards.reduce((sum, { size }) => sum + size, 0);
  let offset = 0;
  return (listed as readonly Json[]).map((entry): Weight => {
    const name = isObject(entry) ? entry.get("name") : undefined;
    if (!isObject(entry) || typeof name !== "string")
      throw refuse("a weight of the weightsManifest has no name", where);
    const place = `${where}, weight ${JSON.stringify(name.slice(0, 80))}`;
    const shape = shapeOf(entry.get("shape"), place);
    const dtype = entry.get("dtype");
    const stored = storageOf(entry, place);
    const bytes = sizeOf(shape) * bytesPerElement(stored.dtype);
    const start = offset;
    offset += bytes;
    if (!Number.isSafeInteger(offset) || offset > total)
      throw refuse(`the weights claim ${offset} bytes, but their files have ${total}`, place);
    return {
      path: name,
      shape,
      dtype: dtype === "int32" || dtype === "bool" ? dtype : "float32",
      load: () => {
        checkTensorBytes(sizeOf(shape) * 4, defaultMaxTensorBytes, name, where);
        return dequantized(stored, shape, readAcross(shards, start, bytes));
      },
    };
  });
}

function shapeOf(value: Json | undefined, where: string): Shape {
  const fits = (extent: Json): boolean => typeof extent === "number" && Number.isSafeInteger(extent) && extent >= 0;
  if (!Array.isArray(value) || value.length > 16 || !(value as readonly Json[]).every(fits))
    throw refuse("it has no valid shape", where);
  const shape = value as unknown as Shape;
  if (!Number.isSafeInteger(sizeOf(shape) * 8)) throw refuse("its shape is too large", where);
  return shape;
}

const plain: Readonly<Record<string, DType>> = {
  float32: "float32",
  int32: "int32",
  bool: "bool",
  float16: "float16",
  uint8: "uint8",
  uint16: "uint16",
};

function storageOf(entry: JsonObject, where: string): Storage {
  const quantization = entry.get("quantization");
  const named = (value: Json | undefined): DType => {
    if (typeof value === "string" && Object.hasOwn(plain, value)) return plain[value]!;
    throw new GlassboxError("unsupported", `it is stored as ${String(value).slice(0, 40)}, and only numbers are read`, {
      where,
    });
  };
  if (!isObject(quantization)) return { dtype: named(entry.get("dtype")), scale: 1, min: 0 };
  const number = (key: string, fallback: number): number => {
    const value = quantization.get(key) ?? fallback;
    if (typeof value !== "number") throw refuse(`the ${key} of its quantization is no number`, where);
    return value;
  };
  return { dtype: named(quantization.get("dtype")), scale: number("scale", 1), min: number("min", 0) };
}

function dequantized({ dtype, scale, min }: Storage, shape: Shape, bytes: Uint8Array<ArrayBuffer>): Tensor {
  const stored = tensor(dtype, shape, viewAs(dtype, bytes.buffer, 0, sizeOf(shape)));
  if (dtype !== "uint8" && dtype !== "uint16") return castTensor(stored, dtype === "float16" ? "float32" : dtype);
  return fromFloat64(
    "float32",
    shape,
    toFloat64(stored).map((value) => value * scale + min),
  );
}

/** Bytes of several files that are read as one. */
function readAcross(shards: readonly ByteSource[], start: number, length: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(length);
  let before = 0;
  for (const shard of shards) {
    const from = Math.max(start, before);
    const to = Math.min(start + length, before + shard.size);
    if (from < to) out.set(shard.read(from - before, to - from), from - start);
    before += shard.size;
  }
  return out;
}
