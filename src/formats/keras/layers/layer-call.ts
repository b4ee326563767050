import type { Builder, Value } from "../../../graph/builder.ts";
import type { AttributeValue, Constant } from "../../../graph/graph.ts";
import { GlassboxError } from "../../../tensor/errors.ts";
import { formatShape, sameShape, sizeOf, type Shape } from "../../../tensor/shape.ts";
import { castTensor, fromFloat64, toFloat64, type Tensor } from "../../../tensor/tensor.ts";
import type { Json } from "../../safetensors/json.ts";
import type { Config } from "../config.ts";
import type { LayerRecord } from "../records.ts";
import type { Weight } from "../weights/weight.ts";
import {
  asLayerTensor,
  axisInValue,
  inKerasOrder,
  shapeOf,
  withChannelsFirst,
  type LayerTensor,
} from "./layer-tensor.ts";

/** An argument of a call as a layer's law takes it: a tensor, a list of arguments, or a constant of the file. */
export type Given = LayerTensor | readonly Given[] | { readonly constant: Json };

export const isTensor = (given: Given | undefined): given is LayerTensor => given !== undefined && "value" in given;

/** What the laws share: the graph under construction and the weights of all layers. */
export interface Surroundings {
  readonly b: Builder;
  /** 1, 2 or 3: some activations mean something else in older versions. */
  readonly version: 1 | 2 | 3;
  /** A file's hash, by which weight stores know its weights again. */
  readonly hash: string | undefined;
  weightOf(layer: LayerRecord, variable: string): Weight | undefined;
  /** Runs a layer that another one holds. */
  run(layer: LayerRecord, args: readonly Given[], kwargs?: ReadonlyMap<string, Given>): readonly LayerTensor[];
}

export type Law = (c: LayerCall) => LayerTensor | readonly LayerTensor[];

/** Derived weights by variable, so that every import of a file gives runtimes the same object. */
const derived = new WeakMap<Weight, Map<string, Constant>>();

/** One call of a layer: its options, its weights and its inputs. */
export class LayerCall {
  readonly surroundings: Surroundings;
  readonly layer: LayerRecord;
  readonly args: readonly Given[];
  readonly kwargs: ReadonlyMap<string, Given>;

  constructor(
    surroundings: Surroundings,
    layer: LayerRecord,
    args: readonly Given[],
    kwargs: ReadonlyMap<string, Given> = new Map(),
  ) {
    this.surroundings = surroundings;
    this.layer = layer;
    this.args = args;
    this.kwargs = kwargs;
  }

  get b(): Builder {
    return this.surroundings.b;
  }

  get config(): Config {
    return this.layer.config;
  }

  refuse(why: string, hint?: string): never {
    return this.config.refuse(why, hint);
  }

  /** The tensors of the first argument, which is one or a list. */
  get inputs(): readonly LayerTensor[] {
    const flat = (given: Given): readonly LayerTensor[] =>
      isTensor(given) ? [given] : Array.isArray(given) ? (given as readonly Given[]).flatMap(flat) : [];
    return this.args.length === 1 ? flat(this.args[0]!) : this.args.flatMap(flat);
  }

  get x(): LayerTensor {
    return this.inputs[0] ?? this.refuse("it is called without a tensor");
  }

  /** The first input in Keras's order of axes. */
  get last(): Value {
    return inKerasOrder(this.b, this.x);
  }

  /** The first input's shape as Keras counts it. */
  get shape(): Shape {
    return shapeOf(this.x);
  }

  inOrder(x: LayerTensor): Value {
    return inKerasOrder(this.b, x);
  }

  /** The first input as convolutions take it, whatever the layer's data_format. */
  get image(): Value {
    return this.channelsLast ? withChannelsFirst(this.b, this.x) : this.last;
  }

  /** What a convolution gives, named in the layer's own order. */
  asImage(value: Value, mask?: Value): LayerTensor {
    return { value, channelsFirst: this.channelsLast && value.shape.length >= 3, mask };
  }

  get channelsLast(): boolean {
    const format = this.config.text("data_format", "channels_last");
    if (format !== "channels_last" && format !== "channels_first")
      this.refuse(`its data_format "${format}" is not known`);
    return format === "channels_last";
  }

  /** A result whose axes are those of the first input. */
  like(value: Value, x: LayerTensor = this.x): LayerTensor {
    return { ...x, value };
  }

  axis(axis: number, x: LayerTensor = this.x): number {
    const rank = x.value.shape.length;
    if (!Number.isInteger(axis) || axis < -rank || axis >= rank)
      this.refuse(`its input ${formatShape(shapeOf(x))} has no axis ${axis}`);
    return axisInValue(x, axis);
  }

  has(variable: string): boolean {
    return this.surroundings.weightOf(this.layer, variable) !== undefined;
  }

  weightShape(variable: string): Shape {
    return this.#weight(variable).shape;
  }

  #weight(variable: string): Weight {
    const weight = this.surroundings.weightOf(this.layer, variable);
    if (weight) return weight;
    throw new GlassboxError("file", `the file has no weight "${variable}" of the layer`, { where: this.config.where });
  }

  /** A variable, in float32. Its shape must be the one that the layer's options give. */
  weight(variable: string, shape?: Shape): Value {
    const weight = this.#weight(variable);
    this.#check(variable, weight, shape);
    return this.#constant(weight, "", weight.shape, () => castTensor(weight.load(), "float32"));
  }

  #check(variable: string, weight: Weight, shape: Shape | undefined): void {
    if (shape && !sameShape(shape, weight.shape)) {
      throw new GlassboxError(
        "file",
        `its weight "${variable}" is ${formatShape(weight.shape)} in the file, but its options and its input need ${formatShape(shape)}`,
        { where: this.config.where },
      );
    }
  }

  /** A variable with its axes in another order and then in another shape. */
  arranged(variable: string, perm: readonly number[], shape?: Shape): Value {
    const weight = this.#weight(variable);
    if (weight.shape.length !== perm.length)
      this.refuse(`its weight "${variable}" is ${formatShape(weight.shape)}, which has not ${perm.length} axes`);
    const result = shape ?? perm.map((axis) => weight.shape[axis]!);
    if (sizeOf(result) !== sizeOf(weight.shape))
      this.refuse(`its weight "${variable}" of ${formatShape(weight.shape)} does not fit its options`);
    return this.#constant(weight, `arranged ${perm.join()} to ${result.join()}`, result, () => {
      const { data } = castTensor(weight.load(), "float32");
      return {
        dtype: "float32",
        shape: result,
        data: transposedData(data as Float32Array<ArrayBuffer>, weight.shape, perm),
      };
    });
  }

  /**
   * Numbers computed from variables when a runtime asks for them.
   * @param key names the computation, so that stores know its result again
   */
  computed(
    variables: readonly string[],
    key: string,
    shape: Shape,
    compute: (...values: readonly Float64Array[]) => Float64Array,
  ): Value {
    const weights = variables.map((variable) => this.#weight(variable));
    return this.#constant(weights[0]!, `${key} of ${weights.map(({ path }) => path).join()}`, shape, () =>
      fromFloat64("float32", shape, compute(...weights.map((weight) => toFloat64(weight.load())))),
    );
  }

  #constant(weight: Weight, key: string, shape: Shape, load: () => Tensor): Value {
    const { hash } = this.surroundings;
    const known = derived.get(weight) ?? new Map<string, Constant>();
    derived.set(weight, known);
    const cached = known.get(`${hash} ${key}`);
    const identity = hash === undefined ? undefined : `${hash}, ${weight.path} ${key}`;
    const constant = cached ?? { dtype: "float32", shape, load, identity };
    known.set(`${hash} ${key}`, constant);
    const name = `${weight.path.replace(/^\/+/, "")}${key === "" ? "" : ` (${key})`}`;
    return this.b.has(name) ? this.b.value(name) : this.b.constant(constant, name);
  }

  constant(shape: Shape, values: ArrayLike<number>): Value {
    return this.b.tensor(fromFloat64("float32", shape, values));
  }

  apply(
    op: string,
    inputs: readonly (Value | null | undefined)[],
    attributes: Readonly<Record<string, AttributeValue | undefined>> = {},
  ): Value {
    return this.b.apply(op, inputs, attributes);
  }

  /** Runs a layer inside this one and returns its first output. */
  inner(layer: LayerRecord, x: LayerTensor): LayerTensor {
    return this.surroundings.run(layer, [x])[0] ?? this.refuse("a layer inside it gives nothing");
  }

  /** A tensor that was given by name or by place. */
  given(name: string, place: number): LayerTensor | undefined {
    const byName = this.kwargs.get(name);
    const given = byName ?? this.args[place];
    return isTensor(given) ? given : undefined;
  }

  keras(value: Value, mask?: Value): LayerTensor {
    return asLayerTensor(value, mask);
  }
}

function transposedData(
  data: Float32Array<ArrayBuffer>,
  shape: Shape,
  perm: readonly number[],
): Float32Array<ArrayBuffer> {
  if (perm.every((axis, i) => axis === i)) return data;
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const target = perm.map((axis) => shape[axis]!);
  const steps = perm.map((axis) => strides[axis]!);
  const out = new Float32Array(data.length);
  const index = new Array<number>(target.length).fill(0);
  let from = 0;
  for (let i = 0; i < out.length; i++) {
    out[i] = data[from]!;
    for (let axis = target.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      from += steps[axis]!;
      if (index[axis]! < target[axis]!) break;
      from -= steps[axis]! * target[axis]!;
      index[axis] = 0;
    }
  }
  return out;
}
