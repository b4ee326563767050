import type { Json } from "../../safetensors/json.ts";
import type { JsonObject } from "../config.ts";

interface Modern {
  readonly className: string;
  readonly config: JsonObject;
}

/** Names of Keras 1 and what Keras 2 calls them. */
const classes: Readonly<Record<string, string>> = {
  Convolution1D: "Conv1D",
  Convolution2D: "Conv2D",
  Convolution3D: "Conv3D",
  AtrousConvolution1D: "Conv1D",
  AtrousConvolution2D: "Conv2D",
  Deconvolution2D: "Conv2DTranspose",
  SeparableConvolution2D: "SeparableConv2D",
  Convolution2DTranspose: "Conv2DTranspose",
  BatchNormalizationV1: "BatchNormalization",
  BatchNormalizationV2: "BatchNormalization",
  SyncBatchNormalization: "BatchNormalization",
  CuDNNLSTM: "CuDNNLSTM",
  LSTMV1: "LSTM",
  LSTMV2: "LSTM",
  GRUV1: "GRU",
  GRUV2: "GRU",
  DropoutV1: "Dropout",
};

const keys: Readonly<Record<string, string>> = {
  nb_filter: "filters",
  border_mode: "padding",
  subsample: "strides",
  subsample_length: "strides",
  filter_length: "kernel_size",
  bias: "use_bias",
  output_dim: "units",
  dim_ordering: "data_format",
  pool_length: "pool_size",
  stride: "strides",
  atrous_rate: "dilation_rate",
  p: "rate",
  sigma: "stddev",
  inner_activation: "recurrent_activation",
  mode: "mode",
  concat_axis: "axis",
  dot_axes: "axes",
};

const orderings: Readonly<Record<string, string>> = { tf: "channels_last", th: "channels_first" };

/** The same layer in the words of Keras 2: Keras 1 named classes and options otherwise. */
export function modernized(className: string, config: JsonObject): Modern {
  const modern = Object.hasOwn(classes, className) ? classes[className]! : className;
  const isOld = [...config.keys()].some(
    (key) => Object.hasOwn(keys, key) && !["axes", "mode", "p", "bias"].includes(key),
  );
  const old = isOld || config.has("nb_row") || config.has("init") || className === "Merge";
  if (!old) return { className: modern, config };
  const out = new Map<string, Json>();
  for (const [key, value] of config) {
    const name = key === "output_dim" && modern === "Embedding" ? key : Object.hasOwn(keys, key) ? keys[key]! : key;
    out.set(name, name === "data_format" && typeof value === "string" ? (orderings[value] ?? value) : value);
  }
  const kernel = ["kernel_dim1", "kernel_dim2", "kernel_dim3", "nb_row", "nb_col"].flatMap((key) =>
    config.has(key) ? [config.get(key)!] : [],
  );
  if (kernel.length > 0) out.set("kernel_size", kernel);
  // Which of the two came first was said by Keras's own configuration; TensorFlow's ordering is the usual one.
  if (out.get("data_format") === "default") out.set("data_format", "channels_last");
  if (className === "Merge") return { className: merges[String(config.get("mode"))] ?? "Merge", config: out };
  return { className: modern, config: out };
}

const merges: Readonly<Record<string, string>> = {
  sum: "Add",
  mul: "Multiply",
  concat: "Concatenate",
  ave: "Average",
  max: "Maximum",
  dot: "Dot",
};
