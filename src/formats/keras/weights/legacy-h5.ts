import { GlassboxError } from "../../../tensor/errors.ts";
import type { Hdf5File } from "../../hdf5/file.ts";
import type { ModelRecord, LayerRecord } from "../records.ts";
import { weightsInOrder } from "./in-order.ts";
import type { LayerWeights, Weight } from "./weight.ts";

/** More attributes than Keras ever splits one into. */
const mostParts = 1000;

/** A list that Keras splits into `name0`, `name1` … where it exceeds what HDF5 holds in one attribute. */
export function splitAttribute(file: Hdf5File, path: string, name: string): readonly string[] | undefined {
  const whole = file.attribute(path, name);
  if (whole) return whole.map(String);
  const parts: string[] = [];
  for (let i = 0; i < mostParts; i++) {
    const part = file.attribute(path, `${name}${i}`);
    if (part === undefined) return i === 0 ? undefined : parts;
    parts.push(...part.map(String));
  }
  return parts;
}

/**
 * The weights of a Keras 1 or 2 file: a group for each layer, whose attribute `weight_names` gives the order; the order of the
 * groups means nothing.
 */
export function legacyWeights(file: Hdf5File, group: string, model: ModelRecord): LayerWeights {
  const found = new Map<LayerRecord, Map<string, Weight>>();
  for (const layer of model.layers) {
    const slots = weightsInOrder(layer);
    if (slots.length === 0) continue;
    const path = `${group}/${layer.name}`;
    const names = file.kindOf(path) === "group" ? (splitAttribute(file, path, "weight_names") ?? []) : [];
    if (names.length !== slots.length) {
      throw new GlassboxError(
        "file",
        `the file has ${names.length} weights of the layer, and a ${layer.className} of these options has ${slots.length}`,
        {
          where: layer.config.where,
          hint: "If the layer is one of your own, export the network to ONNX from the program that defines it.",
        },
      );
    }
    slots.forEach(({ layer: owner, variable }, i) => {
      const weights = found.get(owner) ?? new Map<string, Weight>();
      weights.set(variable, weightAt(file, `${path}/${names[i]!}`));
      found.set(owner, weights);
    });
  }
  return found;
}

export function weightAt(file: Hdf5File, path: string): Weight {
  const { shape, dtype } = file.dataset(path);
  return { path, shape, dtype, load: () => file.read(path) };
}
