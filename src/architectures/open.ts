import fs from "node:fs";
import path from "node:path";
import { openGguf } from "../formats/gguf/read.ts";
import { readTensor } from "../formats/gguf/tensors.ts";
import { unpermuteRows } from "../formats/gguf/unpermute-rows.ts";
import { identify } from "../formats/kind.ts";
import { indexName, openSafetensors } from "../formats/safetensors/sharded.ts";
import { fileSource } from "../formats/source.ts";
import { defaultMaxTensorBytes } from "../formats/tensor-bytes.ts";
import type { GgufMetadata } from "../formats/gguf/read.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { sizeOf, type Shape } from "../tensor/shape.ts";
import type { Architecture, Decoder, Dimensions } from "./architecture.ts";
import { parseConfig } from "./config.ts";
import { architectures } from "./table.ts";
import { weightsOf, type TensorSource, type WeightStorage } from "./weights.ts";

export interface OpenedDecoder {
  readonly decoder: Decoder;
  readonly format: "gguf" | "safetensors";
  /** Set for GGUF, whose tokenizer is inside. */
  readonly metadata: GgufMetadata | undefined;
  /** Where config.json and tokenizer.json lie. */
  readonly folder: string;
  readonly tensors: number;
  readonly parameters: number;
  readonly storage: WeightStorage;
  close(): void;
}

export interface DecoderOptions {
  /** How as many parameters are stored. */
  readonly storageFor: (parameters: number) => WeightStorage;
  /** A tensor that takes more than this is refused when it is read. */
  readonly mostTensorBytes: number;
}

const usual: DecoderOptions = { storageFor: () => "float32", mostTensorBytes: defaultMaxTensorBytes };

const maxConfigBytes = 4 << 20;
const maxLayers = 1024;
const maxExtent = 2 ** 24;

/**
 * Opens a checkpoint as a decoder: a GGUF file, a safetensors file or its index with config.json beside it, or the folder of either.
 * No weight is read. @param identity what names the content for the weight store, e.g. the file's SHA-256
 */
export function openDecoder(file: string, identity: string, options: DecoderOptions = usual): OpenedDecoder {
  if (fs.statSync(file, { throwIfNoEntry: false })?.isDirectory() || path.basename(file) === indexName)
    return fromSafetensors(file, identity, options);
  const kind = kindOf(file);
  if (kind.id === "gguf") return fromGguf(file, identity, options);
  if (kind.id === "safetensors") return fromSafetensors(file, identity, options);
  throw new GlassboxError("unsupported", `${path.basename(file)} is ${kind.description}`, {
    where: file,
    hint: "Language models are opened from GGUF or safetensors files.",
  });
}

/** By content: a name may lie. */
function kindOf(file: string): ReturnType<typeof identify> {
  const source = fileSource(file);
  try {
    return identify(source);
  } finally {
    source.close();
  }
}

function fromGguf(file: string, identity: string, { storageFor, mostTensorBytes }: DecoderOptions): OpenedDecoder {
  const model = openGguf(file);
  try {
    const type = model.metadata.string("general.architecture") ?? "";
    const architecture = architectures.find(
      ({ ggufTypes, fromGguf: build, ggufName }) => ggufTypes.includes(type) && build && ggufName,
    );
    if (architecture?.fromGguf === undefined || architecture.ggufName === undefined) throw unknownFamily(type, file);
    const heads = {
      query: model.metadata.number(`${type}.attention.head_count`) ?? 1,
      key:
        model.metadata.number(`${type}.attention.head_count_kv`) ??
        model.metadata.number(`${type}.attention.head_count`) ??
        1,
    };
    const place = architecture.ggufName;
    const source: TensorSource = {
      identity,
      where: file,
      shapeOf: (name) => model.tensors.get(place(name)?.name ?? "")?.shape,
      read(name) {
        const known = place(name)!;
        const value = readTensor(model, known.name, mostTensorBytes);
        return known.heads === undefined ? value : unpermuteRows(value, heads[known.heads]);
      },
    };
    const parameters = parametersOf(model.tensors);
    const storage = storageFor(parameters);
    const decoder = checked(architecture.fromGguf(model.metadata, weightsOf(source, storage)), file);
    return {
      decoder,
      format: "gguf",
      metadata: model.metadata,
      folder: path.dirname(file),
      tensors: model.tensors.size,
      parameters,
      storage,
      close: () => model.source.close(),
    };
  } catch (error) {
    model.source.close();
    throw error;
  }
}

function fromSafetensors(
  file: string,
  identity: string,
  { storageFor, mostTensorBytes }: DecoderOptions,
): OpenedDecoder {
  const folder = fs.statSync(file, { throwIfNoEntry: false })?.isDirectory() ? file : path.dirname(file);
  const configFile = path.join(folder, "config.json");
  const model = openSafetensors(file);
  try {
    if (!fs.existsSync(configFile)) {
      throw new GlassboxError(
        "file",
        "there is no config.json beside the weights, so the model's architecture is unknown",
        { where: file, hint: "Put the checkpoint's config.json into the same folder." },
      );
    }
    if (fs.statSync(configFile).size > maxConfigBytes)
      throw new GlassboxError("resource", `config.json is larger than ${maxConfigBytes >> 20} MiB`, {
        where: configFile,
      });
    const config = parseConfig(fs.readFileSync(configFile, "utf8"), configFile);
    const type = config.text("model_type", "");
    const architecture: Architecture | undefined = architectures.find(({ modelTypes }) => modelTypes.includes(type));
    if (architecture === undefined) throw unknownFamily(type, file);
    const source: TensorSource = {
      identity,
      where: file,
      shapeOf: (name) => model.tensors.get(name)?.shape,
      read: (name) => model.readTensor(name, mostTensorBytes),
    };
    const parameters = parametersOf(model.tensors);
    const storage = storageFor(parameters);
    const decoder = checked(architecture.fromConfig(config, weightsOf(source, storage)), file);
    return {
      decoder,
      format: "safetensors",
      metadata: undefined,
      folder,
      tensors: model.tensors.size,
      parameters,
      storage,
      close: () => model.close(),
    };
  } catch (error) {
    model.close();
    throw error;
  }
}

const parametersOf = (tensors: ReadonlyMap<string, { readonly shape: Shape }>): number =>
  [...tensors.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);

/** Numbers from a file size loops and tables here, so they are bounded before anything is made of them. */
function checked(decoder: Decoder, where: string): Decoder {
  const { layers, width, heads, keyValueHeads, headWidth, hidden, vocabulary, context }: Dimensions = decoder;
  const whole = {
    layers,
    width,
    heads,
    "key-value heads": keyValueHeads,
    "head width": headWidth,
    hidden,
    vocabulary,
    context,
  };
  for (const [name, value] of Object.entries(whole)) {
    if (!Number.isInteger(value) || value < 1 || value > (name === "layers" ? maxLayers : maxExtent)) {
      throw new GlassboxError("file", `the config gives ${value} for the model's ${name}`, { where });
    }
  }
  if (heads % keyValueHeads !== 0)
    throw new GlassboxError("file", `${heads} heads cannot share ${keyValueHeads} key-value heads`, { where });
  return decoder;
}

const unknownFamily = (type: string, where: string): GlassboxError =>
  new GlassboxError("unsupported", `models of the family ${JSON.stringify(type)} cannot be run yet`, {
    where,
    hint: `These can: ${architectures.map(({ family }) => family).join(", ")}.`,
  });
