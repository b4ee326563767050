import path from "node:path";
import type { DeclaredPort, OpenedGraph } from "../open.ts";
import { hashSource, hashText } from "../hash-source.ts";
import { fileSource, type ByteSource } from "../source.ts";
import { externalFiles, type ExternalFiles } from "./external-data.ts";
import { externalLocations } from "./external-locations.ts";
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
    const external = externalFiles(path.dirname(file));
    return {
      bytes: source.size,
      model,
      metadata: model.metadata,
      declared: declaredBy(model),
      sha256: () => identityOf(source, externalLocations(model), external),
      importWith: (sizes = {}, hash = undefined) => importOnnx(model, { ...sizes, hash, external, file }),
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

/** A model that is one file has the file's own SHA-256, as every other program computes it. */
function identityOf(source: ByteSource, locations: readonly string[], external: ExternalFiles): string {
  const own = hashSource(source);
  if (locations.length === 0) return own;
  const others = locations.map((location) => {
    const file = external.open(location);
    try {
      return [location, hashSource(file)];
    } finally {
      file.close();
    }
  });
  return hashText(JSON.stringify([own, ...others]));
}
