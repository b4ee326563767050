import path from "node:path";
import { GlassboxError } from "../tensor/errors.ts";
import { identify, type FileKindId } from "./kind.ts";
import type { Sizes } from "./onnx/dimensions.ts";
import type { Imported } from "./onnx/imported.ts";
import { openOnnx } from "./onnx/open.ts";
import { fileSource } from "./source.ts";

/** A file whose network can be computed. */
export interface OpenedModel {
  readonly file: string;
  readonly bytes: number;
  importWith(sizes?: Sizes, hash?: string): Imported;
  close(): void;
}

/** A kind of model file. `kinds` are what the bytes say; the extensions only help to find such files. */
export interface ModelFormat {
  readonly name: string;
  readonly extensions: readonly string[];
  readonly kinds: readonly FileKindId[];
  readonly open: (file: string) => OpenedModel;
}

export const modelFormats: readonly ModelFormat[] = [
  { name: "ONNX", extensions: [".onnx"], kinds: ["onnx"], open: openOnnx },
];

/** Kinds that the text workbench opens. */
const checkpoints: ReadonlySet<FileKindId> = new Set(["gguf", "safetensors"]);

/** Opens a model by what it is, not by what it is called. */
export function openModel(file: string): OpenedModel {
  const source = fileSource(file);
  let kind: ReturnType<typeof identify>;
  try {
    kind = identify(source);
  } finally {
    source.close();
  }
  const format = modelFormats.find(({ kinds }) => kinds.includes(kind.id));
  if (format) return format.open(file);
  throw new GlassboxError("unsupported", `${path.basename(file)} is ${kind.description}`, {
    where: file,
    hint: checkpoints.has(kind.id)
      ? "It holds a language model: choose Open in the Text Workbench, or in the terminal glassbox generate, attention, lens or patch."
      : `Pictures are explained with ${modelFormats.map(({ name }) => name).join(", ")} models, language models opened from GGUF and safetensors. Export the model to one of these.`,
  });
}
