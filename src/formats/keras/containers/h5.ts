import { GlassboxError } from "../../../tensor/errors.ts";
import { openHdf5, type Hdf5File } from "../../hdf5/file.ts";
import type { ByteSource } from "../../source.ts";
import { parseKerasJson } from "../config.ts";
import type { KerasModel } from "../import.ts";
import { modelOf } from "../topology/topology.ts";
import { legacyWeights, splitAttribute } from "../weights/legacy-h5.ts";
import { factsOf, versionOf } from "./description.ts";

/** A whole model in HDF5, as Keras 1 and 2 save it and Keras 3 still can: the attribute `model_config` and the group `model_weights`. */
export async function readH5(source: ByteSource): Promise<KerasModel & { close(): void }> {
  const file = await openHdf5(source);
  try {
    return { ...readModel(file), close: () => file.close() };
  } catch (error) {
    file.close();
    throw error;
  }
}

function readModel(file: Hdf5File): KerasModel {
  const group = file.kindOf("/model_weights") === "group" ? "/model_weights" : "";
  const description = file.attribute("/", "model_config")?.[0];
  if (typeof description !== "string") throw withoutNetwork(file, group);
  const version = textOf(file, "/", "keras_version") ?? textOf(file, group || "/", "keras_version");
  const model = modelOf(parseKerasJson(description, file.name), file.name);
  return {
    model,
    weights: legacyWeights(file, group, model),
    version: versionOf(version),
    facts: factsOf(version, textOf(file, "/", "backend") ?? textOf(file, group || "/", "backend")),
  };
}

function textOf(file: Hdf5File, path: string, name: string): string | undefined {
  const value = file.attribute(path, name)?.[0];
  return typeof value === "string" ? value : undefined;
}

/** What `save_weights` writes has the groups of layers but no network. */
function withoutNetwork(file: Hdf5File, group: string): GlassboxError {
  const layers = splitAttribute(file, group || "/", "layer_names");
  const isWeights = layers !== undefined || file.kindOf("/layers") === "group";
  return new GlassboxError(
    "unsupported",
    isWeights
      ? `the file holds the weights of a Keras model${layers ? `, of ${layers.length} layers,` : ""} but not the network that they belong to`
      : "the file is HDF5, but no model of Keras",
    {
      where: file.name,
      hint: isWeights
        ? 'Load the weights in the program that defines the network, and save the whole model: model.save("model.keras").'
        : undefined,
    },
  );
}
