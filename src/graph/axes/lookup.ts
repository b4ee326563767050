import { normalizeAxis } from "../../tensor/shape.ts";
import { extentOf, isWhole, type Axes, type Axis } from "./axis.ts";
import { dataOf, isChannel, isPosition, meaningOf, wide, type AxisFlow, type AxisLaw } from "./flow-law.ts";
import { rolled, sliced } from "./pieces.ts";
import { dealt } from "./reshape.ts";

/** Slices of x along `axis`, one for each index: rows of an embedding, or a part of an activation. */
export const gathers: AxisLaw<{ readonly axis: number }> = (flow, { axis }) => {
  const [x, indices] = flow.inputs as readonly [Axes, Axes];
  const along = normalizeAxis(axis, x.length);
  if (flow.isConstant(0)) {
    flow.claim(indices.at(-1), "token", "strong");
    const rest = (axes: Axes): Axis[] =>
      axes.map((each) => (wide(each).length > 0 ? flow.make("channel", extentOf(each)) : each));
    return [[...rest(x.slice(0, along)), ...indices, ...rest(x.slice(along + 1))]];
  }
  const numbers = flow.numbers(1);
  if (indices.length > 1 && numbers?.length === extentOf(x[along]!) && numbers.every((index, i) => index === i))
    return [dealt(flow, x.flat(), flow.outputShapes[0]!)];
  const found =
    indices.length === 0
      ? []
      : indices.length === 1 && flow.isConstant(1)
        ? [chosen(flow, x[along]!, extentOf(indices[0]!), numbers)]
        : indices.map((each) =>
            meaningOf(flow, each) === "free" && extentOf(each) > 1 ? flow.make("unknown", extentOf(each)) : each,
          );
  return [[...x.slice(0, along), ...found, ...x.slice(along + 1)]];
};

function chosen(flow: AxisFlow, axis: Axis, count: number, numbers: readonly number[] | undefined): Axis {
  const extent = extentOf(axis);
  const meaning = meaningOf(flow, axis);
  if (count === 1 && extent !== 1) return [];
  const indices = numbers?.map((index) => (index < 0 ? index + extent : index));
  const step = indices && indices.length > 1 ? indices[1]! - indices[0]! : 1;
  if (indices?.every((index, i) => index === indices[0]! + i * step))
    return sliced(flow, axis, { start: indices[0]!, step, length: count });
  const [only, ...others] = wide(axis);
  if (indices && only && others.length === 0 && isWhole(only) && count === extent) {
    const by = indices[0]!;
    if (indices.every((index, i) => index === (by + i) % extent)) return rolled(flow, only.root, by);
  }
  if (isChannel(meaning)) return flow.make("channel", count);
  // Nearest-neighbour resizing repeats positions in their order.
  const inOrder = indices?.every((index, i) => i === 0 || index >= indices[i - 1]!);
  return flow.make(isPosition(meaning) && inOrder && others.length === 0 ? meaning : "unknown", count);
}

/** One element for each index; along `axis` the order is that of the indices. */
export const gathersElements: AxisLaw<{ readonly axis: number }> = (flow, { axis }) => {
  const [x, indices] = flow.inputs as readonly [Axes, Axes];
  const along = normalizeAxis(axis, x.length);
  const shape = flow.outputShapes[0]!;
  return [
    x.map((each, i) => {
      const own = indices[i]!;
      if (i !== along) return extentOf(each) === shape[i] ? each : own;
      const meaning = meaningOf(flow, own);
      return shape[i] === 1 ? [] : isPosition(meaning) ? own : flow.make("unknown", shape[i]!);
    }),
  ];
};

/** The axes of the tuples, then those of the slices that they name. */
export const gathersTuples: AxisLaw<{ readonly batch_dims: number }> = (flow, { batch_dims }) => {
  const [x, indices] = flow.inputs as readonly [Axes, Axes];
  const depth = extentOf(indices.at(-1)!);
  const tuples = indices
    .slice(0, -1)
    .map((each) =>
      meaningOf(flow, each) === "free" && extentOf(each) > 1 ? flow.make("unknown", extentOf(each)) : each,
    );
  return [[...tuples, ...x.slice(batch_dims + depth)]];
};

/** Y is [time, direction, batch, feature], then the states [direction, batch, feature]. */
export const recurs: AxisLaw<unknown> = (flow) => {
  const [time, batch, features] = dataOf(flow) as readonly [Axis, Axis, Axis];
  flow.claim(time, "time", "strong");
  flow.claim(batch, "batch", "strong");
  flow.claim(features, "channel", "strong");
  return flow.outputShapes.map((shape) => {
    const hidden = flow.make("channel", shape.at(-1)!);
    const direction = shape.at(-3) === 1 ? [] : flow.make("direction", shape.at(-3)!);
    return shape.length === 3 ? [direction, batch, hidden] : [time, direction, batch, hidden];
  });
};
