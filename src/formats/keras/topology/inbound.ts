import type { Json } from "../../safetensors/json.ts";
import { isObject } from "../config.ts";
import type { Argument, Call, TensorReference } from "../records.ts";

/** The name of a layer, the number of its call and of the call's output. */
export function referenceIn(value: Json | undefined): TensorReference | undefined {
  if (!Array.isArray(value)) return undefined;
  const [layer, node = 0, tensor = 0] = value as readonly Json[];
  return typeof layer === "string" && typeof node === "number" && typeof tensor === "number" && node >= 0
    ? { layer, node, tensor }
    : undefined;
}

/** Keras 3 writes a tensor as an object with its history. */
function kerasTensor(value: Json): TensorReference | undefined {
  if (!isObject(value) || value.get("class_name") !== "__keras_tensor__") return undefined;
  const config = value.get("config");
  return isObject(config) ? referenceIn(config.get("keras_history")) : undefined;
}

function argumentOf(value: Json, isLayer: (name: string) => boolean): Argument {
  const tensor = kerasTensor(value);
  if (tensor) return { kind: "tensor", tensor };
  if (Array.isArray(value)) {
    const [first, second, third] = value as readonly Json[];
    if (first === "_CONSTANT_VALUE") return { kind: "constant", value: third ?? null };
    const old =
      value.length >= 3 && value.length <= 4 && Number.isInteger(second) ? referenceIn(value as Json) : undefined;
    if (old && isLayer(old.layer)) return { kind: "tensor", tensor: old };
    return { kind: "list", items: (value as readonly Json[]).map((each) => argumentOf(each, isLayer)) };
  }
  return { kind: "constant", value };
}

const argumentsOf = (values: Json | undefined, isLayer: (name: string) => boolean): Map<string, Argument> =>
  new Map(isObject(values) ? [...values].map(([name, value]) => [name, argumentOf(value, isLayer)] as const) : []);

/** Keras 3: `{args, kwargs}`. Before: the call's tensors, each with its further arguments. */
export function callOf(node: Json, isLayer: (name: string) => boolean): Call | undefined {
  if (isObject(node)) {
    const args = node.get("args");
    if (!Array.isArray(args)) return undefined;
    return {
      args: (args as readonly Json[]).map((each) => argumentOf(each, isLayer)),
      kwargs: argumentsOf(node.get("kwargs"), isLayer),
    };
  }
  if (!Array.isArray(node)) return undefined;
  // A function of TensorFlow that takes one tensor stands without the list.
  const entries: readonly Json[] = typeof node[0] === "string" ? [node] : (node as readonly Json[]);
  const tensors = entries.map((entry) => argumentOf(entry, isLayer));
  const kwargs = new Map<string, Argument>();
  for (const entry of entries)
    if (Array.isArray(entry))
      for (const [name, value] of argumentsOf((entry as readonly Json[])[3], isLayer)) kwargs.set(name, value);
  return { args: tensors.length === 1 ? tensors : [{ kind: "list", items: tensors }], kwargs };
}
