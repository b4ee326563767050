import type { Value } from "../../../graph/builder.ts";
import { formatShape } from "../../../tensor/shape.ts";
import type { Law, LayerCall } from "./layer-call.ts";
import { shapeOf, type LayerTensor } from "./layer-tensor.ts";

/**
 * Several tensors with their axes in one order: the graph's where one of the same rank has it, so that a residual sum between
 * convolutions needs no transpose, else Keras's. What has fewer axes gets them after the batch, as Keras's merging layers do.
 */
export function aligned(
  c: LayerCall,
  tensors: readonly LayerTensor[],
): { values: readonly Value[]; channelsFirst: boolean } {
  const rank = Math.max(...tensors.map(({ value }) => value.shape.length));
  const alike = tensors.every(({ value }) => value.shape.length === rank);
  const channelsFirst = alike && tensors.some((tensor) => tensor.channelsFirst);
  const values = tensors.map((tensor) => {
    if (channelsFirst && tensor.channelsFirst) return tensor.value;
    const last = c.inOrder(tensor);
    if (channelsFirst) return c.b.transpose(last, [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, i) => i + 1)]);
    const [batch, ...rest] = last.shape;
    return alike ? last : c.b.reshape(last, [batch!, ...new Array<number>(rank - last.shape.length).fill(1), ...rest]);
  });
  return { values, channelsFirst };
}

/** Steps count where they count in every tensor that has a mask. */
function commonMask(c: LayerCall, tensors: readonly LayerTensor[]): Value | undefined {
  const masks = tensors.flatMap(({ mask }) => (mask ? [mask] : []));
  if (masks.length < tensors.length) return undefined;
  return masks.slice(1).reduce((both, mask) => c.apply("And", [both, mask]), masks[0]);
}

const elementwise =
  (
    combine: (c: LayerCall, x: Value, y: Value) => Value,
    finish: (c: LayerCall, x: Value, count: number) => Value = (_, x) => x,
  ): Law =>
  (c) => {
    const tensors = c.inputs;
    if (tensors.length === 0) c.refuse("it is called without tensors");
    const { values, channelsFirst } = aligned(c, tensors);
    const value = values.slice(1).reduce((x, y) => combine(c, x, y), values[0]!);
    return { value: finish(c, value, values.length), channelsFirst, mask: commonMask(c, tensors) };
  };

const concatenate: Law = (c) => {
  const tensors = c.inputs;
  const first = tensors[0] ?? c.refuse("it is called without tensors");
  const { values, channelsFirst } = aligned(c, tensors);
  const axis = c.axis(c.config.integer("axis", -1), { ...first, value: values[0]!, channelsFirst });
  const fits = tensors.every((tensor) => {
    const shape = shapeOf(tensor);
    return shape.length === values[0]!.shape.length;
  });
  if (!fits) c.refuse(`it cannot join ${tensors.map((tensor) => formatShape(shapeOf(tensor))).join(" and ")}`);
  return { value: c.b.concat(values, axis), channelsFirst, mask: commonMask(c, tensors) };
};

/** Sums over one axis of each operand; with `normalize`, of operands of length 1 along it: the cosine of their angle. */
const dot: Law = (c) => {
  const [x, y] = c.inputs;
  if (!x || !y) return c.refuse("it needs two tensors");
  const [left, right] = [c.inOrder(x), c.inOrder(y)];
  const given = c.config.integers("axes") ?? [c.config.integer("axes"), c.config.integer("axes")];
  const [p, q] = [given[0]!, given[1] ?? given[0]!];
  const at = (value: Value, axis: number): number => (axis < 0 ? axis + value.shape.length : axis);
  const unit = (value: Value, axis: number): Value => {
    if (!c.config.flag("normalize", false)) return value;
    const square = c.b.sum(c.b.mul(value, value), [axis], true);
    return c.b.div(value, c.apply("Sqrt", [c.apply("Clip", [square], { min: 1e-12 })]));
  };
  const rows = movedLast(c, unit(left, at(left, p)), at(left, p));
  const columns = movedLast(c, unit(right, at(right, q)), at(right, q));
  const [batch] = left.shape;
  const extent = rows.shape.at(-1)!;
  if (columns.shape.at(-1) !== extent) c.refuse(`its axes have ${extent} and ${columns.shape.at(-1)} elements`);
  const flat = (value: Value): Value =>
    c.b.reshape(value, [batch!, value.shape.slice(1, -1).reduce((n, e) => n * e, 1), extent]);
  const product = c.b.matmul(flat(rows), c.b.transpose(flat(columns), [0, 2, 1]));
  const shape = [batch!, ...rows.shape.slice(1, -1), ...columns.shape.slice(1, -1)];
  return c.keras(c.b.reshape(product, shape.length === 1 ? [batch!, 1] : shape));
};

function movedLast(c: LayerCall, value: Value, axis: number): Value {
  const rank = value.shape.length;
  if (axis < 1 || axis >= rank) c.refuse(`its axis ${axis} is none of ${formatShape(value.shape)} behind the batch`);
  return c.b.transpose(value, [...Array.from({ length: rank }, (_, i) => i).filter((i) => i !== axis), axis]);
}

export const mergings: Readonly<Record<string, Law>> = {
  Add: elementwise((c, x, y) => c.b.add(x, y)),
  Subtract: elementwise((c, x, y) => c.b.sub(x, y)),
  Multiply: elementwise((c, x, y) => c.b.mul(x, y)),
  Average: elementwise(
    (c, x, y) => c.b.add(x, y),
    (c, x, count) => c.b.div(x, c.b.scalar(count, x.dtype)),
  ),
  Maximum: elementwise((c, x, y) => c.apply("Max", [x, y])),
  Minimum: elementwise((c, x, y) => c.apply("Min", [x, y])),
  Concatenate: concatenate,
  Dot: dot,
};
