import path from "node:path";
import type { DeclaredPort, OpenedGraph } from "../open.ts";
import { fileSource } from "../source.ts";
import { importOnnx } from "./import.ts";
import { readOnnx } from "./read.ts";
import type { OnnxModel } from "./records.ts";

export interface OpenedOnnx extends OpenedGraph {
  readonly model: OnnxModel;
}

/** Opens a model file: its structure is read at once, its weights when they are needed. */
export function openOnnx(file: string): OpenedOnnx {
  const source = fileSource(file);
  try {
    const model = readOnnx(source);
    return {
      bytes: source.size,
      model,
      metadata: model.metadata,
      declared: declaredBy(model),
      importWith: (sizes = {}, hash = undefined) =>
        importOnnx(model, { ...sizes, hash, folder: path.dirname(file), file }),
      close: () => source.close(),
    };
  } catch (error) {
    source.close();
    throw error;
  }
}

/** Old files list weights among their inputs. */
function declaredBy({ graph }: OnnxModel): readonly DeclaredPort[] {
  const weights = new Set(graph.initializers.map(({ name }) => name));
  return graph.inputs.filter(({ name }) => !weights.has(name));
}
