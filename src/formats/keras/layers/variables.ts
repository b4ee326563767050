import type { Config } from "../config.ts";

/** The variables of a layer by name, in the order in which Keras makes them. */
export interface Variables {
  readonly trainable: readonly string[];
  readonly fixed: readonly string[];
}

type Law = (config: Config) => Variables;

const trainable = (...names: readonly (string | false)[]): Variables => ({
  trainable: names.filter((name) => name !== false),
  fixed: [],
});

const none: Variables = { trainable: [], fixed: [] };
const kernel: Law = (config) => trainable("kernel", config.flag("use_bias", true) && "bias");
const separable: Law = (config) =>
  trainable("depthwise_kernel", "pointwise_kernel", config.flag("use_bias", true) && "bias");
const recurrent: Law = (config) => trainable("kernel", "recurrent_kernel", config.flag("use_bias", true) && "bias");
const scaled: Law = (config) => trainable(config.flag("scale", true) && "gamma", config.flag("center", true) && "beta");

const table: Readonly<Record<string, Law>> = {
  Dense: kernel,
  Conv1D: kernel,
  Conv2D: kernel,
  Conv3D: kernel,
  Conv1DTranspose: kernel,
  Conv2DTranspose: kernel,
  Conv3DTranspose: kernel,
  LocallyConnected1D: kernel,
  LocallyConnected2D: kernel,
  DepthwiseConv1D: kernel,
  DepthwiseConv2D: kernel,
  SeparableConv1D: separable,
  SeparableConv2D: separable,
  EinsumDense: (config) => trainable("kernel", config.has("bias_axes") && "bias"),
  Embedding: () => trainable("embeddings"),
  ReversibleEmbedding: (config) => trainable("embeddings", !config.flag("tie_weights", true) && "reverse_embeddings"),
  PReLU: () => trainable("alpha"),
  BatchNormalization: (config) => ({ ...scaled(config), fixed: ["moving_mean", "moving_variance"] }),
  LayerNormalization: scaled,
  GroupNormalization: scaled,
  RMSNormalization: () => trainable("scale"),
  SpectralNormalization: () => ({ trainable: [], fixed: ["vector_u"] }),
  Normalization: (config) => (config.has("mean") ? none : { trainable: [], fixed: ["mean", "variance", "count"] }),
  SimpleRNNCell: recurrent,
  LSTMCell: recurrent,
  GRUCell: recurrent,
  ConvLSTMCell: recurrent,
  CuDNNLSTM: () => trainable("kernel", "recurrent_kernel", "bias"),
  CuDNNGRU: () => trainable("kernel", "recurrent_kernel", "bias"),
  Attention: (config) =>
    trainable(
      config.flag("use_scale", false) && "scale",
      config.text("score_mode", "dot") === "concat" && "concat_score_weight",
    ),
  AdditiveAttention: (config) => trainable(config.flag("use_scale", true) && "scale"),
};

export const variablesOf = (className: string, config: Config): Variables =>
  Object.hasOwn(table, className) ? table[className]!(config) : none;
