import type { Json } from "../../safetensors/json.ts";
import { isObject, type Config, type JsonObject } from "../config.ts";
import type { LayerRecord } from "../records.ts";

type Make = (layer: JsonObject) => LayerRecord;
type Inner = readonly (readonly [attribute: string, layer: LayerRecord])[];

const described = (className: string, values: Iterable<readonly [string, Json]>): JsonObject =>
  new Map<string, Json>([
    ["class_name", className],
    ["config", new Map(values)],
  ]);

const wrapped = (config: Config, key: string): JsonObject => {
  const layer = config.object(key);
  return layer ?? config.refuse(`the layer that it wraps, "${key}", is not described`);
};

/** The cell of a recurrent layer has the layer's options. */
const cellOf =
  (className: string) =>
  (config: Config, make: Make): Inner => [
    ["cell", make(described(className, [...config.values, ["name", `${config.text("name", className)}_cell`]]))],
  ];

const oneLayer = (config: Config, make: Make): Inner => [["layer", make(wrapped(config, "layer"))]];

/** Keras's second direction is a copy that reads the sequence from its end, unless it is given. */
function bidirectional(config: Config, make: Make): Inner {
  const forward = wrapped(config, "layer");
  const given = config.object("backward_layer");
  return [
    ["forward_layer", make(forward)],
    ["backward_layer", make(given ?? reversed(forward))],
  ];
}

function reversed(layer: JsonObject): JsonObject {
  const config = layer.get("config");
  const values = new Map<string, Json>(isObject(config) ? config : []);
  values.set("go_backwards", values.get("go_backwards") !== true);
  values.set("name", `backward_${String(values.get("name") ?? "")}`);
  return new Map<string, Json>([...layer, ["config", values]]);
}

function cells(config: Config, make: Make): Inner {
  const list = config.list("cells") ?? config.refuse("it has no cells");
  return list.map((cell) => [
    "cells",
    make(isObject(cell) ? cell : config.refuse("one of its cells is not described")),
  ]);
}

/** The products that an attention layer makes its queries, keys, values and output with. */
const projections =
  (...attributes: readonly (readonly [attribute: string, name: string])[]) =>
  (config: Config, make: Make): Inner =>
    attributes.map(([attribute, name]) => [
      attribute,
      make(
        described("EinsumDense", [
          ["name", name],
          ["bias_axes", config.flag("use_bias", true) ? "all" : null],
        ]),
      ),
    ]);

/** Newer versions can multiply the heads' outputs by gates of the query. */
const attention = (config: Config, make: Make): Inner =>
  projections(
    ["query_dense", "query"],
    ["key_dense", "key"],
    ...(config.flag("use_gate", false) ? [["gate_dense", "gate"] as const] : []),
    ["value_dense", "value"],
    ["output_dense", "attention_output"],
  )(config, make);

const table: Readonly<Record<string, (config: Config, make: Make) => Inner>> = {
  SimpleRNN: cellOf("SimpleRNNCell"),
  LSTM: cellOf("LSTMCell"),
  GRU: cellOf("GRUCell"),
  ConvLSTM1D: cellOf("ConvLSTMCell"),
  ConvLSTM2D: cellOf("ConvLSTMCell"),
  ConvLSTM3D: cellOf("ConvLSTMCell"),
  RNN: (config, make) => [["cell", make(wrapped(config, "cell"))]],
  StackedRNNCells: cells,
  Bidirectional: bidirectional,
  TimeDistributed: oneLayer,
  SpectralNormalization: oneLayer,
  Wrapper: oneLayer,
  MultiHeadAttention: attention,
  GroupedQueryAttention: attention,
  GroupQueryAttention: attention,
};

/** The layers inside a layer, in the order in which Keras makes them and lists their weights. */
export const innerLayers = (className: string, config: Config, make: Make): Inner =>
  Object.hasOwn(table, className) ? table[className]!(config, make) : [];
