import path from "node:path";
import { exists, isFolder, realPath } from "../../files/look.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { weightsSource, type ByteSource } from "../source.ts";
import { readHeader, type SafetensorsEntry } from "./header.ts";
import { JsonError, parseJson, type Json } from "./json.ts";
import { modelOf, readSafetensors, type SafetensorsModel } from "./read.ts";

export const indexName = "model.safetensors.index.json";
export const singleName = "model.safetensors";

/** A hundred bytes a tensor, and the largest models have some ten thousand tensors. */
const maxIndexBytes = 8 << 20;
const maxShards = 1024;

/** A .safetensors file, an index of shards or one of its shards, or the folder that holds either. */
export function openSafetensors(file: string): SafetensorsModel {
  const whole = wholeOf(file);
  return whole.endsWith(".json") ? openSharded(whole) : openSingle(whole);
}

/** The file that stands for the whole model: an index where there are shards. */
export function wholeOf(file: string): string {
  if (!isFolder(file)) return file.endsWith(".json") ? file : (indexOfShard(file) ?? file);
  const found = [singleName, indexName].map((name) => path.join(file, name)).find((name) => exists(name));
  if (found === undefined) throw new GlassboxError("file", `there is no ${singleName} in the folder`, { where: file });
  return found;
}

/** The index beside a file that names the file as one of several: alone it is a part of a model. */
export function indexOfShard(file: string): string | undefined {
  const index = path.join(path.dirname(file), indexName);
  return exists(index) && shardsOf(index).includes(path.basename(file)) ? index : undefined;
}

/** Names of the files that an index names, each once. */
export const shardsOf = (index: string): readonly string[] => [
  ...new Set(readWeightMap(index, (what) => new GlassboxError("file", what, { where: index })).values()),
];

function openSingle(file: string): SafetensorsModel {
  const source = weightsSource(file);
  try {
    return readSafetensors(source);
  } catch (error) {
    source.close();
    throw error;
  }
}

/**
 * `weight_map` says which file beside the index holds which tensor. A name in it is text from a stranger: only plain file names
 * are followed, and links only within the folder or to the blobs of a Hugging Face cache.
 */
function openSharded(index: string): SafetensorsModel {
  const refuse = (what: string): GlassboxError => new GlassboxError("file", what, { where: index });
  const folder = path.dirname(index);
  const weights = readWeightMap(index, refuse);
  const files = [...new Set(weights.values())];
  if (files.length > maxShards) throw refuse(`the index names ${files.length} files; ${maxShards} are the most`);
  const sources: ByteSource[] = [];
  try {
    const headers = new Map(
      files.map((name) => {
        const source = weightsSource(shardPath(folder, name, refuse));
        sources.push(source);
        return [name, readHeader(source)] as const;
      }),
    );
    const tensors = new Map<string, SafetensorsEntry>();
    for (const [name, file] of weights) {
      const entry = headers.get(file)!.tensors.get(name);
      if (entry === undefined)
        throw refuse(`the tensor ${JSON.stringify(name.slice(0, 80))} should be in ${file}, but it is not`);
      tensors.set(name, entry);
    }
    const metadata = new Map([...headers.values()].flatMap((header) => [...header.metadata]));
    return modelOf({ tensors, metadata }, sources);
  } catch (error) {
    for (const source of sources) source.close();
    throw error;
  }
}

function readWeightMap(index: string, refuse: (what: string) => GlassboxError): Map<string, string> {
  const json = parseIndex(weightsSource(index), refuse);
  const map: Json | undefined = json instanceof Map ? (json as ReadonlyMap<string, Json>).get("weight_map") : undefined;
  if (!(map instanceof Map) || ![...map.values()].every((file) => typeof file === "string")) {
    throw refuse('the index has no "weight_map" from tensor names to file names');
  }
  return map as Map<string, string>;
}

function shardPath(folder: string, name: string, refuse: (what: string) => GlassboxError): string {
  if (name === "" || name === "." || name === ".." || /[/\\:\0]/.test(name)) {
    throw refuse(`the index names the file ${JSON.stringify(name.slice(0, 80))}, which is not a plain file name`);
  }
  const file = path.join(folder, name);
  const real = realPath(file);
  if (real === undefined) throw refuse(`the file ${name} that the index names is missing`);
  // A Hugging Face cache keeps snapshots/<revision>/<name> as links to ../../blobs/<hash>.
  const allowed = [folder, path.join(folder, "..", "..", "blobs")].map(realPath);
  if (!allowed.includes(path.dirname(real))) throw refuse(`the file ${name} is a link that leaves the model's folder`);
  return file;
}

function parseIndex(source: ByteSource, refuse: (what: string) => GlassboxError): Json {
  try {
    if (source.size > maxIndexBytes) throw refuse(`the index has ${source.size} bytes; ${maxIndexBytes} are the most`);
    return parseJson(new TextDecoder("utf-8", { fatal: true }).decode(source.read(0, source.size)));
  } catch (error) {
    if (error instanceof GlassboxError) throw error;
    throw refuse(`the index is not valid JSON: ${error instanceof JsonError ? error.message : "it is not UTF-8 text"}`);
  } finally {
    source.close();
  }
}
