import type { DType } from "../tensor/dtype.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { GgufMetadata } from "./gguf/read.ts";
import type { TensorFormatId } from "./table.ts";

export interface TensorInfo {
  readonly shape: Shape;
  /** The file's own word for how it is stored, such as `BF16` or `Q4_K`. */
  readonly storage: string;
  /** What reading it gives; undefined where it cannot be read. */
  readonly dtype: DType | undefined;
}

/** Named tensors, each read from its file only when asked for. */
export interface TensorSource {
  /** The file, for errors. */
  readonly where: string;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** @param mostBytes a larger tensor is refused */
  read(name: string, mostBytes?: number): Tensor;
}

/** An open file of tensors. What network they are is for `src/architectures` to say. */
export interface OpenedTensors {
  readonly format: TensorFormatId;
  readonly source: TensorSource;
  /** The folder of the files that lie next to it: config.json, tokenizer.json. */
  readonly folder: string;
  /** What the file itself says about its model, where its format has room for that. */
  readonly metadata: GgufMetadata | undefined;
  close(): void;
}

/** What a format of tensors does with a file. */
export interface TensorReader {
  /**
   * The names of a whole model's file and of the index that names its shards: a folder that has either can be opened itself.
   * Undefined for a format that has no such names.
   */
  readonly names: { readonly whole: string; readonly index: string } | undefined;
  /** @param file one of the model's files, or the folder of them */
  open(file: string): OpenedTensors;
  /** The files that make up the same model, the one that names the others first. */
  filesOf(file: string): readonly string[];
  /** Whether its files say what network they are and hold its tokenizer, so that no others next to them are read. */
  readonly describesItself: boolean;
}
