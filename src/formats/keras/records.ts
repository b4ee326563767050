import type { Json } from "../safetensors/json.ts";
import type { Config } from "./config.ts";

/** A tensor of a model: what a call of one of its layers gave. */
export interface TensorReference {
  readonly layer: string;
  /** The call, counted as the file counts it. */
  readonly node: number;
  readonly tensor: number;
}

/** An argument of a call: a tensor, a constant, or a list of either. */
export type Argument =
  | { readonly kind: "tensor"; readonly tensor: TensorReference }
  | { readonly kind: "list"; readonly items: readonly Argument[] }
  | { readonly kind: "constant"; readonly value: Json };

export interface Call {
  readonly args: readonly Argument[];
  readonly kwargs: ReadonlyMap<string, Argument>;
}

/** A layer as its model's description has it. */
export interface LayerRecord {
  readonly name: string;
  readonly className: string;
  /** The package that defines the class, where the file says so: "keras.layers" or a person's own. */
  readonly module: string | undefined;
  readonly config: Config;
  readonly trainable: boolean;
  /** A model that stands where a layer does. */
  readonly model: ModelRecord | undefined;
  /** Layers inside this one, such as a cell, by the attribute that holds them, in the order in which they are made. */
  readonly inner: readonly (readonly [attribute: string, layer: LayerRecord])[];
  readonly calls: readonly Call[];
}

export interface ModelRecord {
  readonly name: string;
  readonly className: "Sequential" | "Functional";
  readonly trainable: boolean;
  /** In the file's order, which is also the order of its weights. */
  readonly layers: readonly LayerRecord[];
  readonly inputs: readonly TensorReference[];
  readonly outputs: readonly TensorReference[];
  /** The input shape that a Sequential model without an input layer was built for. */
  readonly builtFor: readonly (number | undefined)[] | undefined;
}
