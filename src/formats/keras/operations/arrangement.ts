import type { Value } from "../../../graph/builder.ts";
import { formatShape, sizeOf } from "../../../tensor/shape.ts";
import { fromFloat64 } from "../../../tensor/tensor.ts";
import type { Json } from "../../safetensors/json.ts";
import { isObject } from "../config.ts";
import { isTensor } from "../layers/layer-call.ts";
import { asLayerTensor, shapeOf, withChannelsFirst } from "../layers/layer-tensor.ts";
import { aligned } from "../layers/merging.ts";
import { resized } from "../layers/resizing.ts";
import type { OperationLaw } from "./elementwise.ts";
import type { Operation } from "./operation.ts";

const reshape: OperationLaw = (o) => {
  const x = o.value(0, "x", "tensor");
  const given = o.integers(1, "newshape", "shape") ?? o.c.refuse("it has no shape");
  const known = given.reduce((n, extent) => (extent === -1 ? n : n * extent), 1);
  const size = sizeOf(x.shape);
  const whole = given.map((extent) => (extent === -1 ? size / known : extent));
  // A batch of one that the file fixed stands for any batch.
  const target =
    sizeOf(whole) !== size && given[0] === 1 && size % sizeOf(whole) === 0 ? [x.shape[0]!, ...whole.slice(1)] : whole;
  if (sizeOf(target) !== size || target.some((extent) => !Number.isInteger(extent)))
    o.c.refuse(`${formatShape(x.shape)} cannot be reshaped to ${formatShape(given)}`);
  return asLayerTensor(o.c.b.reshape(x, target));
};

const transpose: OperationLaw = (o) => {
  const x = o.value(0, "x", "a");
  const axes = o.integers(1, "axes", "perm");
  return asLayerTensor(
    o.c.b.transpose(
      x,
      axes ? axes.map((axis) => o.axisOf(axis, x.shape.length)) : x.shape.map((_, i) => x.shape.length - 1 - i),
    ),
  );
};

const moved = (o: Operation, x: Value, from: number, to: number): Value => {
  const rest = x.shape.map((_, i) => i).filter((i) => i !== from);
  return o.c.b.transpose(x, [...rest.slice(0, to), from, ...rest.slice(to)]);
};

const concatenate: OperationLaw = (o) => {
  const tensors = o.tensors(0, "xs", "values");
  const first = tensors[0] ?? o.c.refuse("it joins nothing");
  const { values, channelsFirst } = aligned(o.c, tensors);
  const axis = o.c.axis(o.number(-1, 1, "axis"), { ...first, value: values[0]!, channelsFirst });
  return { value: o.c.b.concat(values, axis), channelsFirst };
};

const stack: OperationLaw = (o) => {
  const values = o.tensors(0, "x", "values").map((tensor) => o.c.inOrder(tensor));
  const rank = values[0]!.shape.length + 1;
  const axis = o.axisOf(o.number(0, 1, "axis"), rank);
  const shape = [...values[0]!.shape.slice(0, axis), 1, ...values[0]!.shape.slice(axis)];
  return asLayerTensor(
    o.c.b.concat(
      values.map((value) => o.c.b.reshape(value, shape)),
      axis,
    ),
  );
};

const expandDims: OperationLaw = (o) => {
  const x = o.value(0, "x", "input");
  const axes = (o.integers(1, "axis") ?? o.c.refuse("it names no axis")).map((axis) =>
    o.axisOf(axis, x.shape.length + 1),
  );
  return asLayerTensor(
    o.c.b.reshape(
      x,
      axes.reduce((shape, axis) => [...shape.slice(0, axis), 1, ...shape.slice(axis)], [...x.shape]),
    ),
  );
};

const squeeze: OperationLaw = (o) => {
  const x = o.value(0, "x", "input");
  const axes = o.integers(1, "axis", "squeeze_dims")?.map((axis) => o.axisOf(axis, x.shape.length));
  return asLayerTensor(
    o.c.b.reshape(
      x,
      x.shape.filter((extent, axis) => (axes ? !axes.includes(axis) : extent !== 1 || axis === 0)),
    ),
  );
};

/** x[1:3, ..., -1]: slices, whole numbers, an ellipsis and new axes. */
const getItem: OperationLaw = (o) => {
  const x = o.value(0, "x");
  const given = o.json(1, "key", "slice_spec");
  const keys = Array.isArray(given) ? (given as readonly Json[]) : [given ?? null];
  const isEllipsis = (key: Json): boolean => isObject(key) && key.get("class_name") === "__ellipsis__";
  const used = keys.filter((key) => !isEllipsis(key) && key !== null).length;
  const fill = x.shape.length - used;
  if (fill < 0) o.c.refuse(`it reads ${used} axes of ${formatShape(x.shape)}`);
  const all: readonly (Json | "all")[] = keys.some(isEllipsis)
    ? keys.flatMap((key): readonly (Json | "all")[] => (isEllipsis(key) ? new Array<"all">(fill).fill("all") : [key]))
    : [...keys, ...new Array<"all">(fill).fill("all")];
  let value = x;
  let axis = 0;
  const shape: number[] = [];
  for (const key of all) {
    if (key === null) {
      shape.push(1);
      continue;
    }
    const extent = x.shape[axis]!;
    if (key === "all") shape.push(extent);
    else if (typeof key === "number") {
      const at = o.axisOf(key, extent);
      value = o.c.b.slice(value, [axis], [at], [at + 1]);
    } else {
      const { start, stop, step } = rangeOf(o, key);
      value = o.c.b.slice(
        value,
        [axis],
        [start ?? (step < 0 ? -1 : 0)],
        [stop ?? (step < 0 ? -(2 ** 31) : 2 ** 31)],
        [step],
      );
      shape.push(value.shape[axis]!);
    }
    axis++;
  }
  return asLayerTensor(o.c.b.reshape(value, shape));
};

function rangeOf(o: Operation, key: Json): { start: number | undefined; stop: number | undefined; step: number } {
  const config = isObject(key) ? (key.get("config") ?? key) : undefined;
  if (!isObject(config)) return o.c.refuse("it reads at places that depend on the data");
  const number = (name: string): number | undefined => {
    const value = config.get(name);
    if (value === null || value === undefined) return undefined;
    return typeof value === "number" && Number.isSafeInteger(value)
      ? value
      : o.c.refuse("a bound of its slice is no whole number");
  };
  const step = number("step") ?? 1;
  if (step === 0) o.c.refuse("a step of its slice is 0");
  return { start: number("start"), stop: number("stop"), step };
}

const tile: OperationLaw = (o) => {
  const x = o.value(0, "x", "input");
  const repeats = o.integers(1, "repeats", "multiples") ?? o.c.refuse("it has no repeats");
  const rank = Math.max(repeats.length, x.shape.length);
  const shape = [...new Array<number>(rank - x.shape.length).fill(1), ...x.shape];
  return asLayerTensor(
    o.c.apply("Tile", [o.c.b.reshape(x, shape)], {
      repeats: [...new Array<number>(rank - repeats.length).fill(1), ...repeats],
    }),
  );
};

const repeat: OperationLaw = (o) => {
  const x = o.value(0, "x", "input");
  const times = o.number(1, 1, "repeats");
  const axis = o.axisOf(o.number(0, 2, "axis"), x.shape.length);
  const [before, extent, after] = [x.shape.slice(0, axis), x.shape[axis]!, x.shape.slice(axis + 1)];
  const spread = o.c.b.expand(o.c.b.reshape(x, [...before, extent, 1, ...after]), [...before, extent, times, ...after]);
  return asLayerTensor(o.c.b.reshape(spread, [...before, extent * times, ...after]));
};

const pad: OperationLaw = (o) => {
  const x = o.value(0, "x", "tensor");
  const widths = o.json(1, "pad_width", "paddings");
  const pairs = (Array.isArray(widths) ? (widths as readonly Json[]) : []).map((each) =>
    Array.isArray(each) ? (each as readonly number[]) : [Number(each), Number(each)],
  );
  if (
    pairs.length !== x.shape.length ||
    pairs.flat().some((width) => !Number.isSafeInteger(width) || width < 0 || width > 2 ** 24)
  )
    o.c.refuse("its widths are not two counts for each axis");
  const mode = String(o.json(2, "mode") ?? "constant").toLowerCase();
  if (mode !== "constant" && mode !== "reflect") o.c.refuse(`its mode "${mode}" is not supported`);
  const pads = [...pairs.map(([before]) => before!), ...pairs.map(([, after]) => after!)];
  return asLayerTensor(o.c.apply("Pad", [x], { pads, mode, constant_value: o.number(0, 3, "constant_values") }));
};

const take: OperationLaw = (o) => {
  const x = o.value(0, "x", "params");
  const axis = o.axisOf(o.number(0, 2, "axis"), x.shape.length);
  const given = o.given(1, "indices");
  const indices = isTensor(given) ? o.c.b.cast(o.c.inOrder(given), "int64") : constantIndices(o);
  return asLayerTensor(o.c.apply("Gather", [x, indices], { axis }));
};

const constantIndices = (o: Operation): Value => {
  const single = typeof o.json(1, "indices") === "number";
  const list = o.integers(1, "indices") ?? o.c.refuse("it has no indices");
  return o.c.b.tensor(fromFloat64("int64", single ? [] : [list.length], list));
};

const split: OperationLaw = (o) => {
  const x = o.value(0, "x", "value");
  const isTensorFlow = o.c.kwargs.has("num_or_size_splits");
  const axis = o.axisOf(o.number(0, 2, "axis"), x.shape.length);
  const extent = x.shape[axis]!;
  const given = o.json(1, "indices_or_sections", "num_or_size_splits");
  const list = o.integers(1, "indices_or_sections", "num_or_size_splits") ?? o.c.refuse("it names no parts");
  let edges: readonly number[];
  if (typeof given === "number") {
    if (given < 1 || given > 4096 || extent % given !== 0)
      o.c.refuse(`${extent} elements do not split into ${given} parts`);
    edges = Array.from({ length: given - 1 }, (_, i) => ((i + 1) * extent) / given);
  } else
    edges = isTensorFlow
      ? list.slice(0, -1).map((_, i) => list.slice(0, i + 1).reduce((n, size) => n + size, 0))
      : list;
  return [0, ...edges].map((from, i) => asLayerTensor(o.c.b.slice(x, [axis], [from], [[...edges, extent][i]!])));
};

const flip: OperationLaw = (o) => {
  const x = o.value(0, "x", "tensor");
  const axes = o.axes(x.shape.length, 1, "axis");
  return asLayerTensor(
    o.c.b.slice(
      x,
      axes,
      axes.map(() => -1),
      axes.map(() => -(2 ** 31)),
      axes.map(() => -1),
    ),
  );
};

const broadcastTo: OperationLaw = (o) => {
  const x = o.value(0, "x", "input");
  return asLayerTensor(o.c.b.expand(x, o.integers(1, "shape") ?? o.c.refuse("it has no shape")));
};

const resizeImage: OperationLaw = (o) => {
  const x = o.tensor(0, "images", "image");
  const size = o.integers(1, "size") ?? o.c.refuse("it has no size");
  if (shapeOf(x).length !== 4 || size.length !== 2) o.c.refuse("it does not resize a batch of pictures");
  if (o.flag(99, "antialias") || o.flag(99, "preserve_aspect_ratio"))
    o.c.refuse("it resizes with antialiasing or keeps the aspect ratio, which is not supported");
  const method = String(o.json(2, "interpolation", "method") ?? "bilinear").toLowerCase();
  return { value: resized(o.c, withChannelsFirst(o.c.b, x), size, method), channelsFirst: true };
};

export const arrangements: Readonly<Record<string, OperationLaw>> = {
  reshape,
  transpose,
  permute_dimensions: transpose,
  swapaxes: (o) => {
    const x = o.value(0, "x");
    const [first, second] = [
      o.axisOf(o.number(0, 1, "axis1"), x.shape.length),
      o.axisOf(o.number(0, 2, "axis2"), x.shape.length),
    ];
    return asLayerTensor(
      o.c.b.transpose(
        x,
        x.shape.map((_, i) => (i === first ? second : i === second ? first : i)),
      ),
    );
  },
  moveaxis: (o) => {
    const x = o.value(0, "x");
    const rank = x.shape.length;
    return asLayerTensor(
      moved(o, x, o.axisOf(o.number(0, 1, "source"), rank), o.axisOf(o.number(0, 2, "destination"), rank)),
    );
  },
  concatenate,
  stack,
  expand_dims: expandDims,
  squeeze,
  get_item: getItem,
  tile,
  repeat,
  pad,
  take,
  split,
  flip,
  broadcast_to: broadcastTo,
  resize: resizeImage,
};
