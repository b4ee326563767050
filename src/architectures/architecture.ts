import type { TensorSource } from "../formats/tensor-source.ts";
import type { ModelConfig } from "./config.ts";
import type { Decoder } from "./decoder.ts";
import type { Encoder } from "./encoder.ts";
import type { PictureNetwork } from "./picture-network.ts";
import type { HarmlessKey } from "./unread-keys.ts";
import type { Weights } from "./weights.ts";

/** A checkpoint's network, told apart by `kind`. */
export type BuiltModel = Decoder | Encoder | PictureNetwork;
export type ModelKind = BuiltModel["kind"];

/** A family: how its files are recognised, and how its equations become a graph. */
export interface ArchitectureOf<Model extends BuiltModel> {
  readonly family: string;
  readonly kind: Model["kind"];
  /** `model_type` of config.json. */
  readonly modelTypes: readonly string[];
  /** For checkpoints whose config names no model type, or that have none: whether these tensors are of this family. */
  readonly recognises?: (source: TensorSource, config: ModelConfig) => boolean;
  /** Builds the model. A key of the config that it does not read is refused or noted: see `unread-keys.ts`. */
  fromConfig(config: ModelConfig, weights: Weights): Model;
  /** Keys of this family's configs that change no number, in addition to those of any family. */
  readonly harmless?: readonly HarmlessKey[];
  readonly gguf?: GgufFamily<Model>;
}

export type Architecture = { [Kind in ModelKind]: ArchitectureOf<Extract<BuiltModel, { kind: Kind }>> }[ModelKind];

/** How llama.cpp's files write a family. */
export interface GgufFamily<Model extends BuiltModel> {
  /** `general.architecture`, before the dot of the family's keys. */
  readonly types: readonly string[];
  /** @param config the keys `<type>.…` of the metadata, without that beginning */
  fromMetadata(config: ModelConfig, weights: Weights): Model;
  /** The name in the file of a weight of this family, and whose heads' rows the converter has permuted. */
  tensorName(name: string): { readonly name: string; readonly heads?: "query" | "key" | undefined } | undefined;
  readonly harmless?: readonly HarmlessKey[];
}
