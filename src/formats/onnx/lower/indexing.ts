import { normalizeAxis, sizeOf } from "../../../tensor/shape.ts";
import type { Value } from "../../../graph/builder.ts";
import { otherwise, type LoweringContext, type Lowerings } from "./context.ts";
import { lowerCore } from "./core.ts";

/** One-hot vectors along a new axis, negative indices counted from the end, between two values. */
function oneHot(c: LoweringContext): Value {
  const { b } = c;
  const indices = b.cast(c.input(0), "int64");
  const depth = c.number(1, "depth") ?? c.refuse("it has no depth");
  const axis = c.axis("axis", -1, indices.shape.length + 1);
  const wide = b.reshape(indices, [...indices.shape.slice(0, axis), 1, ...indices.shape.slice(axis)]);
  const negative = b.greater(b.scalar(0, "int64"), wide);
  const positive = b.where(negative, b.shift(wide, depth), wide);
  const classes = c.literal(
    "int64",
    wide.shape.map((_, i) => (i === axis ? depth : 1)),
    (i) => i,
  );
  const values = c.input(2);
  const [off, on] = [0, 1].map((i) => b.reshape(b.slice(values, [0], [i], [i + 1]), [])) as [Value, Value];
  return b.where(c.apply("Equal", [positive, classes]), on, off);
}

/** Rows along an axis whose condition is true: which those are must be known. */
function compress(c: LoweringContext): Value {
  const chosen = c.required(1, "condition").flatMap((value, i) => (value ? [i] : []));
  const given = c.integer("axis");
  const x = given === undefined ? c.b.reshape(c.input(0), [sizeOf(c.input(0).shape)]) : c.input(0);
  const axis = given === undefined ? 0 : normalizeAxis(given, x.shape.length);
  return c.apply("Gather", [x, c.constant("int64", [chosen.length], chosen)], { axis });
}

function topK(c: LoweringContext): readonly (Value | null)[] {
  const x = c.input(0);
  const k = c.version < 10 ? c.integer("k") : c.number(1, "count");
  if (k === undefined) return c.refuse("it has no count");
  const attributes = { axis: c.axis("axis", -1), largest: c.flag("largest", true), sorted: true, k };
  return c.applyAll("TopK", [x], attributes);
}

export const indexing: Lowerings = {
  OneHot: oneHot,
  Compress: compress,
  TopK: topK,
  /** The name of ScatterElements before opset 11. */
  Scatter: (c) => c.apply("ScatterElements", [c.input(0), c.input(1), c.input(2)], { axis: c.axis("axis", 0) }),
  ArgMax: (c) => argument(c),
  ArgMin: (c) => argument(c),
  Gather: (c) => c.apply("Gather", [c.input(0), c.input(1)], { axis: c.axis("axis", 0) }),
  TensorScatter: otherwise((c) => c.refuse("its places depend on data")),
};

const argument = (c: LoweringContext): Value => lowerCore(c)[0]!;
