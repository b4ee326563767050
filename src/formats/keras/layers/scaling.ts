import type { Value } from "../../../graph/builder.ts";
import { sizeOf } from "../../../tensor/shape.ts";
import type { Json } from "../../safetensors/json.ts";
import { isObject } from "../config.ts";
import type { Law, LayerCall } from "./layer-call.ts";

const isNumber = (value: Json): value is number => typeof value === "number";

/** A number, or a list with one for each of the last axes' elements: Keras 3 may write an array with its type. */
function numbersOf(c: LayerCall, key: string): readonly number[] {
  const flat = (value: Json | undefined): readonly number[] => {
    if (isObject(value)) {
      const config = value.get("config");
      return flat(isObject(config) ? config.get("value") : value.get("value"));
    }
    if (Array.isArray(value)) return (value as readonly Json[]).flatMap(flat);
    return value !== undefined && isNumber(value) ? [value] : c.refuse(`its "${key}" is no number`);
  };
  return flat(c.config.raw(key));
}

/** Numbers beside the last axis of a value in Keras's order, or one for all. */
const beside = (c: LayerCall, x: Value, values: readonly number[]): Value =>
  values.length === 1
    ? c.b.scalar(values[0]!, x.dtype)
    : values.length === x.shape.at(-1)
      ? c.constant([values.length], values)
      : c.refuse(`it has ${values.length} numbers for ${x.shape.at(-1)} channels`);

/** x·scale + offset. */
const rescaling: Law = (c) => {
  const scale = numbersOf(c, "scale");
  const offset = c.config.has("offset") ? numbersOf(c, "offset") : [0];
  if (scale.length === 1 && offset.length === 1) {
    const scaled = c.b.scale(c.b.cast(c.x.value, "float32"), scale[0]!);
    return c.like(offset[0] === 0 ? scaled : c.b.shift(scaled, offset[0]!));
  }
  const x = c.b.cast(c.last, "float32");
  return c.keras(c.b.add(c.b.mul(x, beside(c, x, scale)), beside(c, x, offset)));
};

/** (x − mean)/max(√variance, 1e-7), by statistics of the training data. */
const normalization: Law = (c) => {
  const x = c.b.cast(c.last, "float32");
  const invert = c.config.flag("invert", false);
  const list = c.config.integers("axis") ?? (c.config.has("axis") ? [c.config.integer("axis")] : []);
  const axes = list.map((axis) => (axis < 0 ? axis + x.shape.length : axis));
  const shape = x.shape.map((extent, axis) => (axes.includes(axis) ? extent : 1));
  const inFile = c.has("mean");
  const deviation = (variance: ArrayLike<number>): Float64Array =>
    Float64Array.from(variance, (v) => Math.max(Math.sqrt(v), 1e-7));
  const spread = (values: readonly number[]): Float64Array =>
    values.length === 1 ? new Float64Array(sizeOf(shape)).fill(values[0]!) : Float64Array.from(values);
  const given = (key: string): Float64Array => {
    const values = spread(numbersOf(c, key));
    return values.length === sizeOf(shape)
      ? values
      : c.refuse(`its "${key}" has ${values.length} numbers, not ${sizeOf(shape)}`);
  };
  if (!inFile && !c.config.has("mean")) c.refuse("it was never adapted to data, so it has no mean");
  if (inFile && sizeOf(c.weightShape("mean")) !== sizeOf(shape)) c.refuse("its mean does not fit its input");
  const mean = inFile
    ? c.computed(["mean"], `mean ${shape.join()}`, shape, (values) => values!)
    : c.constant(shape, given("mean"));
  const scale = inFile
    ? c.computed(["variance"], `deviation ${shape.join()}`, shape, (values) => deviation(values!))
    : c.constant(shape, deviation(given("variance")));
  return c.keras(invert ? c.b.add(mean, c.b.mul(x, scale)) : c.b.div(c.b.sub(x, mean), scale));
};

export const scalings: Readonly<Record<string, Law>> = { Rescaling: rescaling, Normalization: normalization };
