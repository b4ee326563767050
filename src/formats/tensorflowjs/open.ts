import path from "node:path";
import { sizeOnDisk } from "../../files/look.ts";
import { hashSource, hashText } from "../hash-source.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import type { OpenedGraph } from "../open.ts";
import { isObject, parseKerasJson, type JsonObject } from "../keras/config.ts";
import { decoded, factsOf, mostDescriptionBytes, versionOf } from "../keras/containers/description.ts";
import { fedValuesOf } from "../keras/fed-values.ts";
import { importKeras } from "../keras/import.ts";
import { declaredBy } from "../keras/open.ts";
import { modelOf } from "../keras/topology/topology.ts";
import { weightsByName } from "../keras/weights/by-name.ts";
import { fileSource } from "../source.ts";
import { readManifest } from "./manifest.ts";

/** Opens a LayersModel of TensorFlow.js: Keras's description in model.json, the weights in files beside it. */
export function openTensorFlowJs(file: string): OpenedGraph {
  const json = readJson(file);
  const topology = json.get("modelTopology");
  if (!isObject(topology)) throw unsupported(file, "the file lists weights, but no network that they belong to");
  if (topology.has("node") || json.get("format") === "graph-model")
    throw unsupported(file, "the file is a GraphModel, TensorFlow's operators without layers");
  const inner = topology.get("model_config");
  const description = isObject(inner) ? inner : topology;
  const version = topology.get("keras_version");
  const named = typeof version === "string" ? version : undefined;
  const model = modelOf(description, file);
  const manifest = readManifest(json.get("weightsManifest"), path.dirname(file), file);
  try {
    const keras = {
      model,
      weights: weightsByName(manifest.weights, model),
      version: named?.startsWith("3.") ? versionOf(named) : (2 as const),
      facts: factsOf(named, "TensorFlow.js"),
    };
    return {
      bytes: [file, ...manifest.files].reduce((sum, each) => sum + sizeOnDisk(each), 0),
      files: manifest.files,
      sha256: () => hashText([file, ...manifest.files].map(hashOfFile).join()),
      declared: declaredBy(keras),
      fedValues: (input) => fedValuesOf(keras, input),
      importWith: (sizes, hash) => importKeras(keras, sizes, hash),
      close: () => manifest.close(),
    };
  } catch (error) {
    manifest.close();
    throw error;
  }
}

function hashOfFile(file: string): string {
  const source = fileSource(file);
  try {
    return hashSource(source);
  } finally {
    source.close();
  }
}

function readJson(file: string): JsonObject {
  const source = fileSource(file);
  try {
    if (source.size > mostDescriptionBytes)
      throw new GlassboxError(
        "resource",
        `the description has ${source.size} bytes; ${mostDescriptionBytes} are the most that are read`,
        { where: file },
      );
    return parseKerasJson(decoded(source.read(0, source.size), file), file);
  } finally {
    source.close();
  }
}

const unsupported = (file: string, what: string): GlassboxError =>
  new GlassboxError("unsupported", what, {
    where: file,
    hint: "Convert the model that it was made from to ONNX, or save it from Keras as .keras.",
  });
