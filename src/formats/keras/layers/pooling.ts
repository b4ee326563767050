import { formatShape, sizeOf } from "../../../tensor/shape.ts";
import type { Value } from "../../../graph/builder.ts";
import type { Law, LayerCall } from "./layer-call.ts";
import { samePads } from "./padding.ts";

function imageOf(c: LayerCall, rank: number): Value {
  const { image } = c;
  return image.shape.length === rank + 2
    ? image
    : c.refuse(`its input ${formatShape(c.shape)} has not the ${rank + 2} axes that it needs`);
}

/** The largest or the mean under each window. Padding never wins, and is not counted in a mean. */
const pooling =
  (op: "MaxPool" | "AveragePool", rank: number): Law =>
  (c) => {
    const x = imageOf(c, rank);
    const kernel = c.config.perAxis("pool_size", rank, 2);
    const strides = c.config.has("strides") ? c.config.perAxis("strides", rank, 1) : kernel;
    const padding = c.config.text("padding", "valid").toLowerCase();
    if (padding !== "valid" && padding !== "same") c.refuse(`its padding "${padding}" is not known`);
    if ([...kernel, ...strides].some((extent) => extent < 1)) c.refuse("its window has an extent below 1");
    const ones = kernel.map(() => 1);
    const { before, after } =
      padding === "same"
        ? samePads(x.shape.slice(2), kernel, strides, ones)
        : { before: kernel.map(() => 0), after: kernel.map(() => 0) };
    return c.asImage(c.apply(op, [x], { kernel_shape: kernel, strides, pads: [...before, ...after] }));
  };

/** The mean or the largest of each channel. A mean over a sequence leaves out the steps that are masked. */
const globalPooling =
  (op: "ReduceMean" | "ReduceMax", rank: number): Law =>
  (c) => {
    const keepdims = c.config.flag("keepdims", false);
    const { mask } = c.x;
    if (op === "ReduceMean" && rank === 1 && mask) return c.keras(maskedMean(c, mask, keepdims));
    const x = imageOf(c, rank);
    const axes = Array.from({ length: rank }, (_, i) => i + 2);
    const pooled = c.apply(op === "ReduceMean" ? "GlobalAveragePool" : "GlobalMaxPool", [x]);
    if (keepdims) return c.asImage(pooled);
    return c.keras(
      c.b.reshape(
        pooled,
        x.shape.filter((_, axis) => !axes.includes(axis)),
      ),
    );
  };

/** Σ m·x / Σ m over time. */
function maskedMean(c: LayerCall, mask: Value, keepdims: boolean): Value {
  const x = c.last;
  const weights = c.b.reshape(c.b.mask(mask, x.dtype), [...mask.shape, 1]);
  return c.b.div(c.b.sum(c.b.mul(x, weights), [1], keepdims), c.b.sum(weights, [1], keepdims));
}

/** Windows that together cover the input: window i is from ⌊i·extent/size⌋ to ⌈(i + 1)·extent/size⌉. */
const adaptive =
  (op: "ReduceMean" | "ReduceMax", rank: number): Law =>
  (c) => {
    const sizes = c.config.perAxis("output_size", rank, 1);
    const x = imageOf(c, rank);
    if (sizeOf(sizes) > 4096) c.refuse("it has more than 4096 windows");
    const pooled = sizes.reduce((value, size, i) => {
      const axis = i + 2;
      const extent = value.shape[axis]!;
      const windows = Array.from({ length: size }, (_, o) =>
        c.apply(
          op,
          [c.b.slice(value, [axis], [Math.floor((o * extent) / size)], [Math.ceil(((o + 1) * extent) / size)])],
          { axes: [axis], keepdims: true },
        ),
      );
      return c.b.concat(windows, axis);
    }, x);
    return c.asImage(pooled);
  };

const ofRank = (make: (rank: number) => Record<string, Law>): Record<string, Law> => ({
  ...make(1),
  ...make(2),
  ...make(3),
});

export const poolings: Readonly<Record<string, Law>> = ofRank((rank) => ({
  [`MaxPooling${rank}D`]: pooling("MaxPool", rank),
  [`MaxPool${rank}D`]: pooling("MaxPool", rank),
  [`AveragePooling${rank}D`]: pooling("AveragePool", rank),
  [`AvgPool${rank}D`]: pooling("AveragePool", rank),
  [`GlobalAveragePooling${rank}D`]: globalPooling("ReduceMean", rank),
  [`GlobalAvgPool${rank}D`]: globalPooling("ReduceMean", rank),
  [`GlobalMaxPooling${rank}D`]: globalPooling("ReduceMax", rank),
  [`GlobalMaxPool${rank}D`]: globalPooling("ReduceMax", rank),
  [`AdaptiveAveragePooling${rank}D`]: adaptive("ReduceMean", rank),
  [`AdaptiveMaxPooling${rank}D`]: adaptive("ReduceMax", rank),
}));
