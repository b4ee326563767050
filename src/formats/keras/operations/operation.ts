import type { Value } from "../../../graph/builder.ts";
import { isFloat, type DType } from "../../../tensor/dtype.ts";
import { normalizeAxis } from "../../../tensor/shape.ts";
import { fromFloat64 } from "../../../tensor/tensor.ts";
import type { Json } from "../../safetensors/json.ts";
import { isTensor, type Given, type LayerCall } from "../layers/layer-call.ts";
import { asLayerTensor, type LayerTensor } from "../layers/layer-tensor.ts";

/** A call of a function: its arguments stand in the call, by place or by name, or in the node's configuration. */
export class Operation {
  readonly c: LayerCall;

  constructor(c: LayerCall) {
    this.c = c;
  }

  /** @param names what Keras and TensorFlow call it */
  given(place: number, ...names: readonly string[]): Given | undefined {
    for (const name of names) {
      const given = this.c.kwargs.get(name);
      if (given !== undefined) return given;
    }
    if (this.c.args[place] !== undefined) return this.c.args[place];
    for (const name of names) {
      const value = this.c.config.raw(name);
      if (value !== undefined && name !== "name") return { constant: value };
    }
    return undefined;
  }

  /** A constant argument; undefined also where it is None. */
  json(place: number, ...names: readonly string[]): Json | undefined {
    const plain = (given: Given): Json =>
      isTensor(given)
        ? this.c.refuse(`its argument ${names[0]} depends on the data`)
        : Array.isArray(given)
          ? (given as readonly Given[]).map(plain)
          : (given as { constant: Json }).constant;
    const given = this.given(place, ...names);
    return given === undefined ? undefined : (plain(given) ?? undefined);
  }

  number(fallback: number, place: number, ...names: readonly string[]): number {
    const value = this.json(place, ...names);
    if (value === undefined || value === null) return fallback;
    return typeof value === "number" ? value : this.c.refuse(`its argument ${names[0]} is no number`);
  }

  flag(place: number, ...names: readonly string[]): boolean {
    return this.json(place, ...names) === true;
  }

  /** One number counts as a list of it. */
  integers(place: number, ...names: readonly string[]): readonly number[] | undefined {
    const value = this.json(place, ...names);
    if (value === undefined || value === null) return undefined;
    const list = Array.isArray(value) ? (value as readonly Json[]) : [value];
    return list.every((each) => Number.isSafeInteger(each) && Math.abs(each as number) < 2 ** 31)
      ? (list as readonly number[])
      : this.c.refuse(`its argument ${names[0]} is no list of whole numbers`);
  }

  /** Axes of a value, counted from the front; all of them where none is named. */
  axes(rank: number, place: number, ...names: readonly string[]): readonly number[] {
    return (this.integers(place, ...names) ?? Array.from({ length: rank }, (_, i) => i)).map((axis) =>
      this.axisOf(axis, rank),
    );
  }

  axisOf(axis: number, rank: number): number {
    return axis >= -rank && axis < rank ? normalizeAxis(axis, rank) : this.c.refuse(`its input has no axis ${axis}`);
  }

  tensor(place: number, ...names: readonly string[]): LayerTensor {
    const given = this.given(place, ...names);
    if (given === undefined) return this.c.refuse(`its argument ${names[0] ?? place} is missing`);
    return isTensor(given) ? given : asLayerTensor(this.#constant(this.json(place, ...names) ?? null));
  }

  /** In Keras's order of axes. */
  value(place: number, ...names: readonly string[]): Value {
    return this.c.inOrder(this.tensor(place, ...names));
  }

  tensors(place: number, ...names: readonly string[]): readonly LayerTensor[] {
    const given = this.given(place, ...names);
    if (isTensor(given)) return [given];
    if (!Array.isArray(given)) return this.c.refuse("it needs a list of tensors");
    return (given as readonly Given[]).map((each) =>
      isTensor(each) ? each : this.c.refuse("one of its tensors is a constant"),
    );
  }

  #constant(value: Json): Value {
    const shape: number[] = [];
    for (let level: Json = value; Array.isArray(level); level = (level as readonly Json[])[0] ?? null)
      shape.push(level.length);
    const flat: Json[] = [];
    const visit = (each: Json): void => {
      if (Array.isArray(each)) (each as readonly Json[]).forEach(visit);
      else flat.push(each);
    };
    visit(value);
    const numbers = flat.map((each) =>
      typeof each === "number"
        ? each
        : typeof each === "boolean"
          ? Number(each)
          : this.c.refuse("a constant of it is no number"),
    );
    if (numbers.length !== shape.reduce((n, extent) => n * extent, 1)) this.c.refuse("a constant of it is no array");
    return shape.length === 0 ? this.c.b.scalar(numbers[0]!) : this.c.b.tensor(fromFloat64("float32", shape, numbers));
  }

  /** Both in float32 if either is a float or a constant, since constants are written without a type. */
  alike(x: Value, y: Value): readonly [Value, Value] {
    if (x.dtype === y.dtype) return [x, y];
    const to: DType = isFloat(x.dtype) || isFloat(y.dtype) ? "float32" : "int64";
    return [this.c.b.cast(x, to), this.c.b.cast(y, to)];
  }
}
