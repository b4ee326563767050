import { isFloat } from "../../../tensor/dtype.ts";
import { normalizeAxis, sizeOf } from "../../../tensor/shape.ts";
import type { Value } from "../../../graph/builder.ts";
import type { Lower, LoweringContext, Lowerings } from "./context.ts";
import { integersAt } from "./movement.ts";

/** The axes of a reduction: an attribute until opset 13 or 18, then a constant input. */
function axesOf(c: LoweringContext): readonly number[] | undefined {
  const rank = c.input(0).shape.length;
  const axes = integersAt(c, "axes", 1, c.node.opType === "ReduceSum" ? 13 : 18)?.map((axis) =>
    normalizeAxis(axis, rank),
  );
  return axes?.length ? axes : undefined;
}

type Reduce = (c: LoweringContext, x: Value, axes: readonly number[] | undefined, keepdims: boolean) => Value;

/** `f` of the whole reduction; of each element where there are no axes and that means "none". */
const over =
  (reduce: Reduce, alone: (c: LoweringContext, x: Value) => Value = (_c, x) => x): Lower =>
  (c) => {
    const axes = axesOf(c);
    if (axes === undefined && c.flag("noop_with_empty_axes")) return alone(c, c.input(0));
    return reduce(c, c.input(0), axes, c.flag("keepdims", true));
  };

const by =
  (op: string): Reduce =>
  (c, x, axes, keepdims) =>
    c.apply(op, [x], { axes, keepdims });
const sum = by("ReduceSum");
const square = (c: LoweringContext, x: Value): Value => c.b.mul(x, x);

/** max, with booleans and all types that Max does not take through int32. */
const extreme =
  (op: string): Reduce =>
  (c, x, axes, keepdims) =>
    x.dtype === "bool"
      ? c.b.cast(c.apply(op, [c.b.cast(x, "int32")], { axes, keepdims }), "bool")
      : c.apply(op, [x], { axes, keepdims });

/** Until opset 12 the input was a matrix: rows before `axis`, columns from it on. */
const overRows =
  (op: string): Lower =>
  (c) => {
    const x = c.input(0);
    if (c.version >= 13) return c.apply(op, [x], { axis: c.axis("axis", -1) });
    const axis = c.axis("axis", 1);
    // One axis left over besides those of extent 1: the same as the softmax along it, and readable.
    const wide = x.shape.flatMap((extent, i) => (i >= axis && extent !== 1 ? [i] : []));
    if (wide.length <= 1) return c.apply(op, [x], { axis: wide[0] ?? axis });
    const flat = c.b.reshape(x, [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis))]);
    return c.b.reshape(c.apply(op, [flat], { axis: 1 }), x.shape);
  };

/** max x + ln Σ exp(x − max x), which does not overflow; where all are −∞ that is −∞. */
const logSumExp: Reduce = (c, x, axes, keepdims) => {
  const peak = c.apply("ReduceMax", [x], { axes, keepdims: true });
  const finite = c.apply("Clip", [peak], { min: -3.4e38, max: 3.4e38 });
  const log = c.apply("Log", [sum(c, c.apply("Exp", [c.b.sub(x, finite)]), axes, keepdims)]);
  return c.b.add(log, c.b.reshape(finite, log.shape));
};

export const reduction: Lowerings = {
  ReduceSum: over(sum),
  ReduceMean: over(by("ReduceMean")),
  ReduceMax: over(extreme("ReduceMax")),
  ReduceMin: over(extreme("ReduceMin")),
  ReduceProd: over(by("ReduceProd")),
  ReduceL1: over(
    (c, x, ...rest) => sum(c, c.apply("Abs", [x]), ...rest),
    (c, x) => c.apply("Abs", [x]),
  ),
  ReduceL2: over(
    (c, x, ...rest) => root(c, sum(c, square(c, x), ...rest)),
    (c, x) => c.apply("Abs", [x]),
  ),
  ReduceSumSquare: over((c, x, ...rest) => sum(c, square(c, x), ...rest), square),
  ReduceLogSum: over(
    (c, x, ...rest) => c.apply("Log", [sum(c, x, ...rest)]),
    (c, x) => c.apply("Log", [x]),
  ),
  ReduceLogSumExp: over(logSumExp),
  Softmax: overRows("Softmax"),
  LogSoftmax: overRows("LogSoftmax"),
};

/** The square root in floats; of integers it is cut off, as a cast does. */
const root = (c: LoweringContext, x: Value): Value =>
  isFloat(x.dtype) ? c.apply("Sqrt", [x]) : c.b.cast(c.apply("Sqrt", [c.b.cast(x, "float32")]), x.dtype);
