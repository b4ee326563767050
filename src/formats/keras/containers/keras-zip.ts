import { GlassboxError } from "../../../tensor/errors.ts";
import { openHdf5, type Hdf5File } from "../../hdf5/file.ts";
import type { ByteSource } from "../../source.ts";
import { readZipDirectory, readZipEntry, zipEntrySource, type ZipEntry } from "../../zip-directory.ts";
import { parseKerasJson } from "../config.ts";
import type { KerasModel } from "../import.ts";
import { modelOf } from "../topology/topology.ts";
import { keras3Weights, type VariableStore } from "../weights/keras3.ts";
import { weightAt } from "../weights/legacy-h5.ts";
import { decoded, factsOf, mostDescriptionBytes, versionOf } from "./description.ts";

/** What Keras 3 saves: a zip archive of `config.json`, `metadata.json` and `model.weights.h5`. */
export async function readKerasZip(source: ByteSource): Promise<KerasModel & { close(): void }> {
  const entries = new Map(readZipDirectory(source).map((entry) => [entry.name, entry]));
  const description = entries.get("config.json");
  if (description === undefined)
    throw new GlassboxError("file", "the archive has no config.json, so it does not say what network it holds", {
      where: source.name,
    });
  const config = jsonOf(source, description);
  const metadata = entries.get("metadata.json");
  const version = metadata ? jsonOf(source, metadata).get("keras_version") : undefined;
  const model = modelOf(config, source.name);
  const file = await openHdf5(zipEntrySource(source, weightsEntry(source, entries)));
  try {
    const named = typeof version === "string" ? version : undefined;
    return {
      model,
      weights: keras3Weights(storeOf(file), model),
      // The layout came with TensorFlow 2.12, whose Keras was still version 2.
      version: named === undefined ? 3 : versionOf(named),
      facts: factsOf(named, undefined),
      close: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

const jsonOf = (source: ByteSource, entry: ZipEntry) => {
  const where = `${source.name}, ${entry.name}`;
  return parseKerasJson(decoded(readZipEntry(source, entry, mostDescriptionBytes), where), where);
};

function weightsEntry(source: ByteSource, entries: ReadonlyMap<string, ZipEntry>): ZipEntry {
  const entry = entries.get("model.weights.h5");
  if (entry) return entry;
  const other = [...entries.keys()].find(
    (name) => name.startsWith("model.weights") || name.startsWith("model_weights"),
  );
  throw new GlassboxError(
    "unsupported",
    other
      ? `its weights are in ${other.slice(0, 80)}, and only model.weights.h5 is read`
      : "the archive has no weights",
    { where: source.name, hint: 'Save the model again as one file: model.save("model.keras").' },
  );
}

const storeOf = (file: Hdf5File): VariableStore => ({
  variable: (path, index) => {
    const place = `${path}/vars/${index}`;
    return file.kindOf(`${path}/vars`) === "group" && file.kindOf(place) === "dataset"
      ? weightAt(file, place)
      : undefined;
  },
  has: (path) => file.kindOf(path) === "group",
});
