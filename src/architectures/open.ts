import path from "node:path";
import { unpermuteRows } from "../formats/gguf/unpermute-rows.ts";
import type { GgufMetadata } from "../formats/gguf/read.ts";
import { openTensors } from "../formats/open.ts";
import { defaultMaxTensorBytes } from "../formats/tensor-bytes.ts";
import type { OpenedTensors } from "../formats/tensor-source.ts";
import { readIfThere, textOf } from "../files/read-whole.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { sizeOf } from "../tensor/shape.ts";
import type { Architecture, BuiltModel } from "./architecture.ts";
import { checkDimensions } from "./check-dimensions.ts";
import { configOfMetadata, emptyConfig, parseConfig } from "./config.ts";
import { decoderGraph, type Decoder } from "./decoder.ts";
import { encoderGraph } from "./encoder.ts";
import { judgeLeftover } from "./leftover-tensors.ts";
import { refuseOtherContent } from "./other-content.ts";
import { refuseQuantized } from "./quantization.ts";
import { allTokens, wholePrompts } from "./sequence.ts";
import { architectures } from "./table.ts";
import { judgeUnread } from "./unread-keys.ts";
import { weightsOf, type StoredWeight, type WeightOptions, type Weights, type WeightStorage } from "./weights.ts";

/** A file of tensors as the model that it is. */
export interface OpenedCheckpoint {
  readonly model: BuiltModel;
  readonly format: OpenedTensors["format"];
  /** Set for formats that describe themselves and hold the tokenizer. */
  readonly metadata: GgufMetadata | undefined;
  /** Where config.json and tokenizer.json lie. */
  readonly folder: string;
  readonly tensors: number;
  readonly parameters: number;
  readonly storage: WeightStorage;
  /** What a person should know about how it was read. */
  readonly notes: readonly string[];
  close(): void;
}

export interface OpenedDecoder extends Omit<OpenedCheckpoint, "model"> {
  readonly decoder: Decoder;
}

export interface CheckpointOptions {
  /** How as many parameters are stored. */
  readonly storageFor: (parameters: number) => WeightStorage;
  /** A tensor that takes more than this is refused when it is read. */
  readonly mostTensorBytes: number;
  /** The families to look among; all that Glassbox knows unless set. */
  readonly architectures?: readonly Architecture[];
}

const usual: CheckpointOptions = { storageFor: () => "float32", mostTensorBytes: defaultMaxTensorBytes };

const maxConfigBytes = 4 << 20;

/**
 * Opens a checkpoint as a decoder: a GGUF file, a safetensors file or its index with config.json next to it, or the folder of either.
 * No weight is read. @param identity what names the content for the weight store, e.g. the file's SHA-256
 */
export function openDecoder(file: string, identity: string, options: CheckpointOptions = usual): OpenedDecoder {
  const { model, ...opened } = openCheckpoint(file, identity, options);
  if (model.kind === "decoder") return { ...opened, decoder: model };
  opened.close();
  throw new GlassboxError("unsupported", `models of the family ${model.family} do not generate text`, { where: file });
}

/** Opens a checkpoint as whatever its family builds. No weight is read. */
export function openCheckpoint(
  file: string,
  identity: string,
  { storageFor, mostTensorBytes, architectures: known = architectures }: CheckpointOptions = usual,
): OpenedCheckpoint {
  const opened = openTensors(file);
  const { format, source, folder, metadata } = opened;
  try {
    refuseOtherContent(opened, file);
    const stored = [...source.tensors.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    const storage = storageFor(stored);
    const { model, weights, notes } = (metadata ? fromMetadata : fromConfig)(opened, known, {
      identity,
      storage,
      mostTensorBytes,
    });
    if (model.kind !== "picture") checkDimensions(model, file);
    readAll(model);
    const leftover = judgeLeftover(source, weights, model.kind === "picture" ? 0 : model.layers);
    const parameters = weights.parameters();
    return {
      model,
      format,
      metadata,
      folder,
      tensors: source.tensors.size,
      parameters,
      storage,
      notes: [...notes, ...weights.notes, ...leftover],
      close: () => opened.close(),
    };
  } catch (error) {
    opened.close();
    throw error;
  }
}

/** Builds the whole network once, so that a tensor that is missing is said now and it is known which were read. */
function readAll(model: BuiltModel): void {
  if (model.kind === "decoder") decoderGraph(model, wholePrompts(1, 1));
  if (model.kind === "encoder") encoderGraph(model, allTokens(1, 1));
}

interface Built {
  readonly model: BuiltModel;
  readonly weights: Weights;
  readonly notes: readonly string[];
}

type Build = (opened: OpenedTensors, known: readonly Architecture[], options: WeightOptions) => Built;

const fromMetadata: Build = ({ source, metadata }, known, options) => {
  const type = metadata!.string("general.architecture") ?? "";
  const architecture = known.find(({ gguf }) => gguf?.types.includes(type));
  if (architecture?.gguf === undefined) throw unknownFamily(type, source.where, known);
  const { gguf } = architecture;
  const heads = metadata!.number(`${type}.attention.head_count`) ?? 1;
  const ofHeads = { query: heads, key: metadata!.number(`${type}.attention.head_count_kv`) ?? heads };
  const stored = (name: string): StoredWeight | undefined => {
    const found = gguf.tensorName(name);
    const permuted = found?.heads;
    return found && { name: found.name, restore: permuted && ((value) => unpermuteRows(value, ofHeads[permuted])) };
  };
  const config = configOfMetadata(metadata!, type, source.where);
  const weights = weightsOf(source, { ...options, stored });
  const model = gguf.fromMetadata(config, weights);
  return { model, weights, notes: judgeUnread(config, architecture, gguf.harmless) };
};

const fromConfig: Build = ({ source, folder }, known, options) => {
  const configFile = path.join(folder, "config.json");
  const bytes = readIfThere(configFile, maxConfigBytes);
  const config = bytes && parseConfig(textOf(bytes), configFile);
  const given = config ?? emptyConfig(source.where);
  const type = given.text("model_type", "");
  const architecture =
    known.find(({ modelTypes }) => modelTypes.includes(type)) ??
    (type === "" ? known.find(({ recognises }) => recognises?.(source, given)) : undefined);
  if (architecture === undefined && config === undefined) {
    throw new GlassboxError(
      "file",
      "there is no config.json beside the weights, so the model's architecture is unknown",
      { where: source.where, hint: "Put the checkpoint's config.json into the same folder." },
    );
  }
  if (architecture === undefined) throw unknownFamily(type, source.where, known);
  refuseQuantized(source, given);
  const weights = weightsOf(source, options);
  const model = architecture.fromConfig(given, weights);
  return { model, weights, notes: judgeUnread(given, architecture, architecture.harmless) };
};

const unknownFamily = (type: string, where: string, known: readonly Architecture[]): GlassboxError =>
  new GlassboxError("unsupported", `models of the family ${JSON.stringify(type)} cannot be run yet`, {
    where,
    hint: `These can: ${known.map(({ family }) => family).join(", ")}.`,
  });
