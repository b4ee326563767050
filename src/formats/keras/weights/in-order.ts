import { variablesOf } from "../layers/variables.ts";
import type { LayerRecord } from "../records.ts";

/** A variable of a layer. */
export interface Slot {
  readonly layer: LayerRecord;
  readonly variable: string;
  /** The layers from the one of the model to the one that owns it. */
  readonly path: readonly LayerRecord[];
}

/**
 * The variables of a layer in the order of `layer.weights`: what trains first, then what does not. A layer that was frozen
 * trains nothing, so its variables stand among the latter.
 */
export const weightsInOrder = (layer: LayerRecord): readonly Slot[] => [...training(layer, []), ...resting(layer, [])];

const slots = (layer: LayerRecord, names: readonly string[], path: readonly LayerRecord[]): readonly Slot[] =>
  names.map((variable) => ({ layer, variable, path: [...path, layer] }));

const childrenOf = ({ model, inner }: LayerRecord): readonly LayerRecord[] =>
  model?.layers ?? inner.map(([, layer]) => layer);

function training(layer: LayerRecord, path: readonly LayerRecord[]): readonly Slot[] {
  if (!layer.trainable) return [];
  const own = slots(layer, variablesOf(layer.className, layer.config).trainable, path);
  return [...own, ...childrenOf(layer).flatMap((child) => training(child, [...path, layer]))];
}

function resting(layer: LayerRecord, path: readonly LayerRecord[]): readonly Slot[] {
  const { trainable, fixed } = variablesOf(layer.className, layer.config);
  const within = [...path, layer];
  if (layer.trainable)
    return [...slots(layer, fixed, path), ...childrenOf(layer).flatMap((child) => resting(child, within))];
  const all = childrenOf(layer).flatMap((child) => [...training(child, within), ...resting(child, within)]);
  return [...slots(layer, [...trainable, ...fixed], path), ...all];
}
