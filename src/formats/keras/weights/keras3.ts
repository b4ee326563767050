import type { LayerRecord, ModelRecord } from "../records.ts";
import { isOperation } from "../operations/table.ts";
import { variablesOf } from "../layers/variables.ts";
import type { LayerWeights, Weight } from "./weight.ts";

/** The variables of one object of the file, `<path>/vars/<i>`. */
export interface VariableStore {
  /** Undefined where the file has nothing at the path. */
  variable(path: string, index: number): Weight | undefined;
  has(path: string): boolean;
}

/** Keras's `to_snake_case` of a class name: `Conv2DTranspose` gives `conv2d_transpose`. */
const snakeCase = (className: string): string =>
  className
    .replace(/\W+/g, "")
    .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();

/**
 * The weights of a Keras 3 file. An object's path is made of the attributes that lead to it; in a list, it is called by its class
 * and counted. So the walk that wrote the file is done again: an object that was met before is counted, but has no second path.
 */
export function keras3Weights(store: VariableStore, model: ModelRecord): LayerWeights {
  const found = new Map<LayerRecord, Map<string, Weight>>();
  const visit = (layer: LayerRecord, path: string): void => {
    const { trainable, fixed } = variablesOf(layer.className, layer.config);
    const weights = new Map<string, Weight>();
    [...trainable, ...fixed].forEach((variable, i) => {
      const weight = store.variable(path, i);
      if (weight) weights.set(variable, weight);
    });
    found.set(layer, weights);
    if (layer.model) visitAll(layer.model, path);
    const lists = new Map<string, LayerRecord[]>();
    for (const [attribute, inner] of layer.inner) {
      if (layer.className === "StackedRNNCells") lists.set(attribute, [...(lists.get(attribute) ?? []), inner]);
      else visit(inner, store.has(`${path}/_${attribute}`) ? `${path}/_${attribute}` : `${path}/${attribute}`);
    }
    for (const [attribute, layers] of lists) inList(layers, `${path}/${attribute}`);
  };
  const inList = (layers: readonly LayerRecord[], path: string): void => {
    const used = new Map<string, number>();
    for (const layer of layers) {
      const name = snakeCase(classNameInFile(layer));
      const count = used.get(name);
      used.set(name, (count ?? -1) + 1);
      if (!found.has(layer)) visit(layer, `${path}/${count === undefined ? name : `${name}_${count + 1}`}`);
    }
  };
  const visitAll = ({ className, layers }: ModelRecord, path: string): void => {
    // Neither the input of a Sequential model nor functions of keras.ops are among its layers.
    const listed = layers.filter(
      (layer) => !isOperation(layer) && (className !== "Sequential" || layer.className !== "InputLayer"),
    );
    const old = `${path}/_layer_checkpoint_dependencies`;
    // TensorFlow 2.12 to 2.15 listed each layer that has weights twice.
    if (store.has(old))
      inList(
        listed.flatMap((layer) => (hasWeights(layer) ? [layer, layer] : [layer])),
        old,
      );
    else inList(listed, `${path}/layers`);
  };
  visitAll(model, "");
  return found;
}

/** Python's names of classes, which paths are made of, are those of descriptions but for these. */
const otherwiseNamed: Readonly<Record<string, string>> = {
  Model: "Functional",
  GroupQueryAttention: "GroupedQueryAttention",
};

const classNameInFile = ({ className }: LayerRecord): string =>
  Object.hasOwn(otherwiseNamed, className) ? otherwiseNamed[className]! : className;

function hasWeights({ className, config, inner, model }: LayerRecord): boolean {
  const { trainable, fixed } = variablesOf(className, config);
  const within = model?.layers ?? inner.map(([, layer]) => layer);
  return trainable.length + fixed.length > 0 || within.some(hasWeights);
}
