import { GlassboxError } from "../../../tensor/errors.ts";
import type { LayerRecord, ModelRecord } from "../records.ts";
import { weightsInOrder, type Slot } from "./in-order.ts";
import type { LayerWeights, Weight } from "./weight.ts";

/** What a kernel is called in other versions. */
const kernels: ReadonlySet<string> = new Set(["kernel", "depthwise_kernel"]);

const isVariable = (name: string, variable: string): boolean => {
  const plain = name.replace(/:\d+$/, "").replace(/_\d+$/, "");
  return plain === variable || (variable === "kernel" && kernels.has(plain));
};

/**
 * The weights of a model by names such as `block/conv/kernel`. A weight belongs to the layers that its
 * name has most of as parts; several of one variable, as those of two directions, stand in the order of the layers.
 */
export function weightsByName(weights: readonly Weight[], model: ModelRecord): LayerWeights {
  const parts = new Map<string, Weight[]>();
  for (const weight of weights) {
    for (const part of new Set(weight.path.split("/").slice(0, -1)))
      parts.set(part, [...(parts.get(part) ?? []), weight]);
  }
  const used = new Set<Weight>();
  const found = new Map<LayerRecord, Map<string, Weight>>();
  const take = ({ path, variable }: Slot): Weight | undefined => {
    const candidates = path.flatMap(({ name }) => parts.get(name) ?? []);
    const matches = (weight: Weight): number => candidates.filter((each) => each === weight).length;
    return [...new Set(candidates)]
      .filter((weight) => !used.has(weight) && isVariable(weight.path.split("/").at(-1)!, variable))
      .reduce<Weight | undefined>(
        (best, weight) => (best && matches(best) >= matches(weight) ? best : weight),
        undefined,
      );
  };
  for (const layer of model.layers) {
    for (const slot of weightsInOrder(layer)) {
      const weight = take(slot);
      if (weight === undefined)
        throw new GlassboxError("file", `the file has no weight "${slot.variable}" of the layer`, {
          where: slot.layer.config.where,
        });
      used.add(weight);
      found.set(slot.layer, (found.get(slot.layer) ?? new Map<string, Weight>()).set(slot.variable, weight));
    }
  }
  return found;
}
