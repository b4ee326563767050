import type { Law } from "../layers/layer-call.ts";
import type { LayerRecord } from "../records.ts";

/** A node that is no layer but a function of Keras 3, such as `keras.ops.add`, or a TensorFlow function in a Keras 2 model. */
export const isOperation = ({ module, className }: LayerRecord): boolean =>
  className === "TFOpLambda" ||
  className === "SlicingOpLambda" ||
  className === "TensorFlowOpLayer" ||
  /^keras(\.src)?\.ops\b/.test(module ?? "");

export const operationOf = (layer: LayerRecord): Law | undefined => {
  if (!isOperation(layer)) return undefined;
  return (c) => c.refuse(`the operation ${layer.className.slice(0, 80)} is not known`);
};
