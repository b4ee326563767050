import { exportHint } from "../layers/activation-functions.ts";
import type { Law } from "../layers/layer-call.ts";
import type { LayerRecord } from "../records.ts";
import { arrangements } from "./arrangement.ts";
import { elementwise, type OperationLaw } from "./elementwise.ts";
import { operationName } from "./names.ts";
import { Operation } from "./operation.ts";
import { reductions } from "./reduction.ts";

const laws: Readonly<Record<string, OperationLaw>> = { ...elementwise, ...arrangements, ...reductions };

const tensorFlow: ReadonlySet<string> = new Set(["TFOpLambda", "SlicingOpLambda"]);

/**
 * A node that is no layer but a function of Keras 3, such as `keras.ops.add`, or one of TensorFlow in a Keras 2 model. In HDF5,
 * Keras 3 leaves out where a class is from; but all layers say whether they train.
 */
export const isOperation = ({ module, className, config }: LayerRecord): boolean =>
  tensorFlow.has(className) ||
  /^keras(\.src)?\.ops\b/.test(module ?? "") ||
  (module === undefined && !config.has("trainable") && Object.hasOwn(laws, operationName(className)));

export function operationOf(layer: LayerRecord): Law | undefined {
  if (!isOperation(layer)) return undefined;
  const called = tensorFlow.has(layer.className) ? layer.config.text("function") : layer.className;
  const name = operationName(called);
  if (Object.hasOwn(laws, name)) return (c) => laws[name]!(new Operation(c));
  return (c) => c.refuse(`the function ${called.slice(0, 80)} is not known`, exportHint);
}
