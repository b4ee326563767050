import { GlassboxError } from "../../../tensor/errors.ts";
import type { Json } from "../../safetensors/json.ts";
import { Config, isObject, type JsonObject } from "../config.ts";
import { innerLayers } from "../layers/inner.ts";
import type { Call, LayerRecord, ModelRecord, TensorReference } from "../records.ts";
import { callOf, referenceIn } from "./inbound.ts";
import { modernized } from "./keras1.ts";

const modelClasses: ReadonlySet<string> = new Set(["Sequential", "Functional", "Model"]);
const mostLayers = 20_000;
const deepest = 16;

/**
 * The network that a model's description gives: `{class_name, config}`. A class of one's own, or a model that is a program,
 * has no layers that could be read.
 */
export function modelOf(description: JsonObject, where: string, depth = 0): ModelRecord {
  const refuse = (what: string): GlassboxError => new GlassboxError("file", what, { where });
  const className = description.get("class_name");
  const given = description.get("config");
  if (depth > deepest) throw refuse("models are nested too deeply in it");
  if (typeof className !== "string") throw refuse("the model's description names no class");
  const config: JsonObject | undefined = Array.isArray(given)
    ? new Map<string, Json>([["layers", given]])
    : isObject(given)
      ? given
      : undefined;
  const layers = config?.get("layers");
  if (config === undefined || !Array.isArray(layers)) {
    throw new GlassboxError(
      "unsupported",
      `the model is of the class ${className.slice(0, 80)}, which is a program: its file holds weights, but no layers`,
      {
        where,
        hint: 'Export the network to ONNX from the program that defines it: model.export("model.onnx", format="onnx").',
      },
    );
  }
  if (layers.length > mostLayers) throw refuse(`the model claims ${layers.length} layers; ${mostLayers} are the most`);
  const name = config.get("name");
  const common = {
    name: typeof name === "string" ? name : className.toLowerCase(),
    trainable: config.get("trainable") !== false,
    builtFor: builtShape(config.get("build_input_shape")),
  };
  const sequential = config.get("input_layers") === undefined;
  const names = new Set((layers as readonly Json[]).map(nameOf));
  const records = (layers as readonly Json[]).map((layer) => layerOf(layer, (each) => names.has(each), where, depth));
  if (sequential) return { ...common, className: "Sequential", layers: records, inputs: [], outputs: [] };
  const doubled = records.find((layer, i) => records.findIndex((each) => each.name === layer.name) !== i);
  if (doubled) throw refuse(`two layers are named ${JSON.stringify(doubled.name.slice(0, 80))}`);
  return {
    ...common,
    className: "Functional",
    layers: records,
    inputs: referencesIn(config.get("input_layers"), refuse),
    outputs: referencesIn(config.get("output_layers"), refuse),
  };
}

const builtShape = (value: Json | undefined): ModelRecord["builtFor"] =>
  Array.isArray(value) && value.length < 16
    ? (value as readonly Json[]).map((extent) =>
        typeof extent === "number" && Number.isSafeInteger(extent) && extent > 0 ? extent : undefined,
      )
    : undefined;

function nameOf(layer: Json): string {
  if (!isObject(layer)) return "";
  const config = layer.get("config");
  const name = layer.get("name") ?? (isObject(config) ? config.get("name") : undefined);
  return typeof name === "string" ? name : "";
}

function layerOf(json: Json, isLayer: (name: string) => boolean, where: string, depth: number): LayerRecord {
  if (!isObject(json) || typeof json.get("class_name") !== "string")
    throw new GlassboxError("file", "a layer of the model's description names no class", { where });
  const nodes = json.get("inbound_nodes");
  const calls = Array.isArray(nodes)
    ? (nodes as readonly Json[]).map((node) => callOf(node, isLayer)).filter((call): call is Call => call !== undefined)
    : [];
  return layerRecord(json, nameOf(json), calls, where, depth);
}

/** A layer from its `{class_name, config}`: those of a model, and those that other layers hold. */
function layerRecord(
  json: JsonObject,
  name: string,
  calls: readonly Call[],
  where: string,
  depth: number,
): LayerRecord {
  const className = json.get("class_name") as string;
  const given = json.get("config");
  const module = json.get("module");
  const isModel = modelClasses.has(className);
  const modern = isModel ? { className, config: given } : modernized(className, isObject(given) ? given : new Map());
  const values: JsonObject = isObject(modern.config) ? modern.config : new Map();
  const ownName = values.get("name");
  const called = name !== "" ? name : typeof ownName === "string" ? ownName : className;
  const place = `${where}, layer ${JSON.stringify(called.slice(0, 80))} (${modern.className.slice(0, 80)})`;
  const config = new Config(values, place);
  const make = (inner: JsonObject): LayerRecord => {
    if (typeof inner.get("class_name") !== "string") config.refuse("a layer inside it names no class");
    if (depth > deepest) config.refuse("layers are nested too deeply in it");
    return layerRecord(inner, "", [], place, depth + 1);
  };
  return {
    name: called,
    className: modern.className,
    module: typeof module === "string" ? module : undefined,
    config,
    trainable: config.flag("trainable", true),
    model: isModel ? modelOf(json, place, depth + 1) : undefined,
    inner: isModel ? [] : innerLayers(modern.className, config, make),
    calls,
  };
}

/** A list of tensors; one alone stands without the list, and Keras 3 allows dictionaries. */
function referencesIn(value: Json | undefined, refuse: (what: string) => GlassboxError): readonly TensorReference[] {
  const one = referenceIn(value);
  if (one) return [one];
  const several: readonly Json[] = isObject(value)
    ? [...value.values()]
    : Array.isArray(value)
      ? (value as readonly Json[])
      : [];
  return several.flatMap((each) => {
    const reference = referenceIn(each);
    if (reference) return [reference];
    if (isObject(each) || Array.isArray(each)) return referencesIn(each, refuse);
    throw refuse("an input or output of the model's description is no tensor");
  });
}
