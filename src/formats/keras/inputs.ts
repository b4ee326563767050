import { GlassboxError } from "../../tensor/errors.ts";
import type { Json } from "../safetensors/json.ts";
import { isObject, type Config } from "./config.ts";
import type { SymbolicExtent } from "../imported.ts";
import type { LayerRecord, ModelRecord } from "./records.ts";

export interface KerasInput {
  readonly name: string;
  /** Undefined where the model leaves the extent open. */
  readonly shape: readonly SymbolicExtent[];
  readonly dtype: string;
}

/** The inputs of a model: its input layers, or what the first layer of a Sequential model says of its input. */
export function inputsOf(model: ModelRecord): readonly KerasInput[] {
  if (model.className === "Functional") {
    return model.inputs.map(({ layer }) => {
      const found = model.layers.find(({ name }) => name === layer);
      if (found) return inputOf(found, found.name);
      throw new GlassboxError("file", `the model's input ${JSON.stringify(layer.slice(0, 80))} is none of its layers`);
    });
  }
  const [first] = model.layers;
  if (first === undefined) throw new GlassboxError("file", "the model has no layers");
  // A model inside the model, or a wrapped layer, may hold the shape.
  return [inputOf(first, first.className === "InputLayer" ? first.name : `${first.name}_input`, model)];
}

function inputOf(layer: LayerRecord, name: string, around?: ModelRecord): KerasInput {
  const within = layer.model ? inputsOf(layer.model)[0] : undefined;
  const shape =
    shapeIn(layer.config) ??
    within?.shape ??
    around?.builtFor ??
    embeddedLength(layer) ??
    layer.config.refuse("the model does not say what shape its input has");
  return { name, shape, dtype: dtypeIn(layer, within) };
}

const extent = (value: Json): SymbolicExtent =>
  typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined;

const shapeOfJson = (value: Json | undefined): readonly SymbolicExtent[] | undefined =>
  Array.isArray(value) && value.length < 16 ? (value as readonly Json[]).map(extent) : undefined;

function shapeIn(config: Config): readonly SymbolicExtent[] | undefined {
  const whole = shapeOfJson(config.raw("batch_shape")) ?? shapeOfJson(config.raw("batch_input_shape"));
  if (whole) return whole;
  const own = shapeOfJson(config.raw("input_shape"));
  if (own) return [undefined, ...own];
  return config.has("input_dim") && !config.has("output_dim")
    ? [undefined, extent(config.raw("input_dim")!)]
    : undefined;
}

/** An embedding takes a sequence of any length. */
const embeddedLength = ({ className, config }: LayerRecord): readonly SymbolicExtent[] | undefined =>
  className === "Embedding"
    ? [undefined, config.has("input_length") ? extent(config.raw("input_length")!) : undefined]
    : undefined;

/** Only an input layer's type is its input's; other layers name the type that they compute in. */
function dtypeIn({ className, config }: LayerRecord, within: KerasInput | undefined): string {
  if (className === "Embedding") return "int32";
  if (className !== "InputLayer") return within?.dtype ?? "float32";
  const dtype = config.raw("dtype") ?? config.raw("input_dtype");
  if (isObject(dtype)) return "float32";
  return typeof dtype === "string" ? dtype : "float32";
}
