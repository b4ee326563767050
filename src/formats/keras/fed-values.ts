import type { FedValues } from "../fed-values.ts";
import { toNumbers } from "../../tensor/tensor.ts";
import type { Json } from "../safetensors/json.ts";
import { applicationOf, type Application } from "./application.ts";
import { isObject } from "./config.ts";
import type { KerasModel } from "./import.ts";
import type { Argument, LayerRecord, ModelRecord } from "./records.ts";

/** Layers that leave the values of pixels as they are, at inference. */
const passes =
  /^(Random\w+|Dropout|SpatialDropout2D|Gaussian(Noise|Dropout)|AlphaDropout|Resizing|CenterCrop|ZeroPadding2D|Cropping2D|Identity)$/;
/** More layers than this between the input and the first weights are no preprocessing. */
const mostSteps = 64;

/** x · factor + offset, by channel. */
interface Affine {
  readonly factor: readonly number[];
  readonly offset: readonly number[];
}

interface Found {
  /** The layers that scale, by name. */
  readonly scaling: readonly LayerRecord[];
  readonly affine: Affine;
  readonly application: Application | undefined;
  /** Whether the application itself holds the scaling, as it was published. */
  readonly inside: boolean;
}

/**
 * How pixels are fed to the input of this name, by what its first layers are: Rescaling and Normalization, and the name of
 * an application together with the shape of its first weights. Nothing where the file says nothing of it.
 */
export function fedValuesOf(keras: KerasModel, input: string): FedValues | undefined {
  const found = follow(keras, input);
  if (found === undefined) return undefined;
  const { scaling, affine, application, inside } = found;
  if (scaling.length > 0) {
    const values = rangeFor(affine);
    if (values === undefined) return undefined;
    const layers = scaling.map(({ name, className }) => `"${name.slice(0, 80)}" (${className})`).join(" and ");
    const range = values === "byte" ? "0 to 255" : "0 to 1";
    const isPublished = inside && application?.values === values;
    const grey = affine.factor.length === 1 && channelsOf(keras.model, input) === 1;
    return {
      values,
      sure: isPublished || grey,
      words: isPublished
        ? `It is ${application.title} of keras.applications by its name and its first weights, and scales pixels from ${range} itself: ${layers}.`
        : `Its first layers scale pixels from ${range} themselves: ${layers}.${grey ? "" : " They do not say whether red or blue comes first."}`,
    };
  }
  if (application === undefined || application.values === "byte") return undefined;
  return {
    values: application.values,
    sure: false,
    words: `It is ${application.title} of keras.applications by its name and its first weights, whose preprocess_input has the mode "${modes[application.values]}". Whether these weights were trained so, the file does not say.`,
  };
}

const modes = { caffe: "caffe", signed: "tf", imagenet: "torch", unit: "none", byte: "none" } as const;

/** Follows the only layer that reads the input, and the only one that reads that, to the first that has weights. */
function follow({ model, weights }: KerasModel, input: string): Found | undefined {
  const scaling: LayerRecord[] = [];
  let affine: Affine = { factor: [1], offset: [0] };
  let inside = false;
  let around: readonly { readonly model: ModelRecord; readonly scaled: number }[] = [{ model, scaled: 0 }];
  let at: { readonly model: ModelRecord; readonly layer: LayerRecord | undefined } = {
    model,
    layer: model.layers.find(({ name }) => name === input),
  };
  for (let step = 0; step < mostSteps; step++) {
    const next = readerOf(at.model, at.layer);
    if (next === undefined) return undefined;
    if (next.model) {
      const [reference] = next.model.inputs;
      if (next.model.inputs.length > 1) return undefined;
      around = [...around, { model: next.model, scaled: scaling.length }];
      at = { model: next.model, layer: next.model.layers.find(({ name }) => name === reference?.layer) };
      continue;
    }
    at = { ...at, layer: next };
    if (next.className === "Rescaling" || next.className === "Normalization") {
      const own = next.className === "Rescaling" ? rescaling(next) : normalization(next, weights);
      if (own === undefined) return undefined;
      affine = composed(affine, own);
      scaling.push(next);
    } else if (!passes.test(next.className)) {
      const kernel = weights.get(next)?.get("kernel") ?? weights.get(next)?.get("depthwise_kernel");
      if (kernel === undefined) return undefined;
      const owner = around
        .toReversed()
        .map(({ model: each, scaled }) => ({ scaled, application: applicationOf(each.name, next.name, kernel.shape) }))
        .find(({ application }) => application !== undefined);
      inside = owner !== undefined && owner.scaled === 0;
      return { scaling, affine, application: owner?.application, inside };
    }
  }
  return undefined;
}

/** The only layer that reads a layer's output; in a Sequential model, the next one. */
function readerOf(model: ModelRecord, layer: LayerRecord | undefined): LayerRecord | undefined {
  if (model.className === "Sequential") {
    const next = model.layers[layer === undefined ? 0 : model.layers.indexOf(layer) + 1];
    return next?.className === "InputLayer" ? readerOf(model, next) : next;
  }
  if (layer === undefined) return undefined;
  const reads = (argument: Argument): boolean =>
    argument.kind === "tensor"
      ? argument.tensor.layer === layer.name
      : argument.kind === "list" && argument.items.some(reads);
  const readers = model.layers.filter(({ calls }) =>
    calls.some(({ args, kwargs }) => [...args, ...kwargs.values()].some(reads)),
  );
  return readers.length === 1 ? readers[0] : undefined;
}

const rescaling = ({ config }: LayerRecord): Affine | undefined => {
  const factor = numbersIn(config.raw("scale"));
  const offset = config.has("offset") ? numbersIn(config.raw("offset")) : [0];
  return factor && offset && { factor, offset };
};

function normalization(layer: LayerRecord, weights: KerasModel["weights"]): Affine | undefined {
  const { config } = layer;
  if (config.flag("invert", false)) return undefined;
  const read = (key: string): readonly number[] | undefined => {
    const held = weights.get(layer)?.get(key);
    return held && held.shape.every((extent) => extent <= 4) ? [...toNumbers(held.load())] : numbersIn(config.raw(key));
  };
  const mean = read("mean");
  const deviation = read("variance")?.map((variance) => Math.max(Math.sqrt(variance), 1e-7));
  if (!mean || !deviation || (mean.length !== deviation.length && Math.min(mean.length, deviation.length) > 1))
    return undefined;
  const count = Math.max(mean.length, deviation.length);
  const by = (list: readonly number[], i: number): number => list[list.length === 1 ? 0 : i]!;
  const each = Array.from({ length: count }, (_, i) => i);
  return { factor: each.map((i) => 1 / by(deviation, i)), offset: each.map((i) => -by(mean, i) / by(deviation, i)) };
}

/** One number, or one for each of at most four channels. */
function numbersIn(value: Json | undefined): readonly number[] | undefined {
  if (isObject(value)) {
    const config = value.get("config");
    return numbersIn(isObject(config) ? config.get("value") : value.get("value"));
  }
  const list: readonly Json[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  const flat = list.length === 1 && Array.isArray(list[0]) ? (list[0] as readonly Json[]) : list;
  if (flat.length === 1 && Array.isArray(flat[0])) return numbersIn(flat[0]);
  return flat.length > 0 && flat.length <= 4 && flat.every((each) => typeof each === "number" && Number.isFinite(each))
    ? (flat as readonly number[])
    : undefined;
}

function composed(first: Affine, then: Affine): Affine {
  const count = Math.max(...[first, then].flatMap(({ factor, offset }) => [factor.length, offset.length]));
  const by = (list: readonly number[], i: number): number => list[list.length === 1 ? 0 : i] ?? Number.NaN;
  const each = Array.from({ length: count }, (_, i) => i);
  return {
    factor: each.map((i) => by(first.factor, i) * by(then.factor, i)),
    offset: each.map((i) => by(first.offset, i) * by(then.factor, i) + by(then.offset, i)),
  };
}

/** Networks take values around 1. The range of pixels that the layers bring there is the one that they expect. */
function rangeFor({ factor, offset }: Affine): "byte" | "unit" | undefined {
  const fits = (white: number): boolean =>
    factor.every((a, i) => {
      const b = offset[offset.length === 1 ? 0 : i] ?? Number.NaN;
      const span = Math.abs(a) * white;
      return span >= 0.9 && span <= 8 && Math.max(Math.abs(b), Math.abs(b + a * white)) <= 6;
    });
  return fits(255) ? "byte" : fits(1) && factor.some((a) => a !== 1) ? "unit" : undefined;
}

/** The channels of an input layer's picture. */
function channelsOf(model: ModelRecord, input: string): number | undefined {
  const shape = model.layers.find(({ name }) => name === input)?.config;
  const given = shape?.list("batch_shape") ?? shape?.list("batch_input_shape");
  const last = given?.length === 4 ? given[3] : model.builtFor?.length === 4 ? model.builtFor[3] : undefined;
  return typeof last === "number" ? last : undefined;
}
