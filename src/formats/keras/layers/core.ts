import type { Value } from "../../../graph/builder.ts";
import { formatShape, sizeOf } from "../../../tensor/shape.ts";
import { activated } from "./activation-functions.ts";
import { einsumPair } from "./einsum.ts";
import type { Law, LayerCall } from "./layer-call.ts";

/** y = activation(x·kernel + bias) over the last axis. */
const dense: Law = (c) => {
  const x = c.last;
  const units = c.config.integer("units");
  const features = x.shape.at(-1) ?? 0;
  const kernel = c.weight("kernel", [features, units]);
  const bias = c.config.flag("use_bias", true) ? c.weight("bias", [units]) : undefined;
  if (x.shape.length === 2)
    return activated(c, c.keras(c.apply("Gemm", bias ? [x, kernel, bias] : [x, kernel]), c.x.mask));
  const product = c.b.matmul(x, kernel);
  return activated(c, c.keras(bias ? c.b.add(product, bias) : product, c.x.mask));
};

/** y = activation(einsum(equation, x, kernel) + bias). The bias stands beside the last axes, from the first that `bias_axes` names. */
const einsumDense: Law = (c) => {
  const equation = c.config.text("equation").replaceAll(" ", "");
  const x = c.last;
  const kernel = c.weight("kernel");
  const value = einsumPair(c, equation, x, kernel);
  return activated(c, c.keras(c.config.has("bias_axes") ? c.b.add(value, c.weight("bias")) : value, c.x.mask));
};

/** Whole numbers, to look up with. */
export const indices = (c: LayerCall, x: Value): Value => c.b.cast(x, "int64");

/** A row of the table for each index. */
const embedding: Law = (c) => {
  const x = c.last;
  const table = c.weight("embeddings", [c.config.integer("input_dim"), c.config.integer("output_dim")]);
  const masks = c.config.flag("mask_zero", false);
  const mask = masks ? c.apply("Not", [c.apply("Equal", [indices(c, x), c.b.scalar(0, "int64")])]) : undefined;
  return c.keras(c.apply("Gather", [table, indices(c, x)], { axis: 0 }), mask);
};

/** An embedding that, called with `reverse`, multiplies by its table instead. */
const reversibleEmbedding: Law = (c) => {
  const reverse = c.kwargs.get("reverse");
  const isReverse = reverse !== undefined && "constant" in reverse && reverse.constant === true;
  if (!isReverse) return embedding(c);
  if (c.config.has("logit_soft_cap")) c.refuse("it bounds its scores (logit_soft_cap), which is not supported");
  const x = c.last;
  return c.keras(
    c.b.matmul(x, c.has("reverse_embeddings") ? c.weight("reverse_embeddings") : c.arranged("embeddings", [1, 0])),
  );
};

/** All but the batch in one axis, in Keras's order. */
const flatten: Law = (c) => {
  const { x, last } = c;
  const format = c.config.text("data_format", "channels_last");
  const rank = last.shape.length;
  const ordered =
    format === "channels_first" && rank > 2
      ? c.b.transpose(last, [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1])
      : last;
  return c.keras(c.b.reshape(ordered, [x.value.shape[0]!, sizeOf(last.shape.slice(1))]));
};

const reshape: Law = (c) => {
  const { last } = c;
  const given = c.config.integers("target_shape") ?? c.refuse("it has no target shape");
  const size = sizeOf(last.shape.slice(1));
  const known = given.reduce((product, extent) => (extent === -1 ? product : product * extent), 1);
  const target = given.map((extent) => (extent === -1 ? size / known : extent));
  if (sizeOf(target) !== size || target.some((extent) => !Number.isInteger(extent) || extent < 0))
    c.refuse(`${formatShape(last.shape.slice(1))} cannot be reshaped to ${formatShape(given)}`);
  return c.keras(c.b.reshape(last, [last.shape[0]!, ...target]));
};

/** Axes in another order, counted from 1 because the batch stays. */
const permute: Law = (c) => {
  const { last } = c;
  const dims = c.config.integers("dims") ?? c.refuse("it has no order of axes");
  if (dims.length !== last.shape.length - 1 || [...dims].sort((a, b) => a - b).some((axis, i) => axis !== i + 1))
    c.refuse(`[${dims.join(", ")}] is no order of the ${last.shape.length - 1} axes of its input`);
  return c.keras(c.b.transpose(last, [0, ...dims]));
};

/** [batch, features] at each of n steps. */
const repeatVector: Law = (c) => {
  const { last } = c;
  const [batch, features] = last.shape;
  if (last.shape.length !== 2) c.refuse(`its input ${formatShape(last.shape)} has not two axes`);
  const n = c.config.integer("n");
  return c.keras(c.b.expand(c.b.reshape(last, [batch!, 1, features!]), [batch!, n, features!]));
};

/** Steps whose features all equal the mask value become 0 and are left out by the layers that follow. */
const masking: Law = (c) => {
  const x = c.last;
  const equal = c.apply("Equal", [x, c.b.scalar(c.config.number("mask_value", 0), x.dtype)]);
  const differs = c.b.shift(c.b.neg(c.b.mask(equal, x.dtype)), 1);
  const any = c.apply("ReduceMax", [differs], { axes: [x.shape.length - 1], keepdims: true });
  const mask = c.b.greater(c.b.reshape(any, x.shape.slice(0, -1)), c.b.scalar(0.5, x.dtype));
  return c.keras(c.b.mul(x, any), mask);
};

export const coreLayers: Readonly<Record<string, Law>> = {
  Dense: dense,
  EinsumDense: einsumDense,
  Embedding: embedding,
  ReversibleEmbedding: reversibleEmbedding,
  Flatten: flatten,
  Reshape: reshape,
  Permute: permute,
  RepeatVector: repeatVector,
  Masking: masking,
};
