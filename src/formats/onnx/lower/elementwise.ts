import { isFloat, type DType } from "../../../tensor/dtype.ts";
import type { Value } from "../../../graph/builder.ts";
import { elementTypeOf, type OnnxElementType } from "../element-types.ts";
import { graphDTypeOf } from "../weights.ts";
import { type Lower, type LoweringContext, type Lowerings } from "./context.ts";

/** Before opset 7 the second operand was broadcast only on demand, aligned at `axis` instead of at the end. */
function operands(c: LoweringContext): [Value, Value] {
  const x = c.input(0);
  const y = c.input(1);
  if (c.version >= 7 || !c.flag("broadcast") || !c.has("axis")) return [x, y];
  const axis = c.axis("axis", 0);
  return [x, c.b.reshape(y, [...y.shape, ...x.shape.slice(axis + y.shape.length).map(() => 1)])];
}

const binary =
  (op: string): Lower =>
  (c) =>
    c.apply(op, operands(c));

const fold = (c: LoweringContext, op: string): Value => {
  const [first, ...rest] = c.inputs.map((_, i) => c.input(i));
  return rest.reduce((x, y) => c.apply(op, [x, y]), first ?? c.refuse("it has no inputs"));
};

const lowest: Partial<Record<DType, number>> = { int8: -128, int16: -32768, int32: -(2 ** 31), int64: -(2 ** 63) };

function bound(c: LoweringContext, index: number, name: string): number | Value | undefined {
  if (c.version < 11) return c.float(name);
  const value = c.optional(index);
  if (!value) return undefined;
  return c.known(index)?.data[0] ?? value;
}

/** Bounds that are computed, or that Clip of the core cannot hold, become Max and Min. */
const clip: Lower = (c) => {
  const x = c.input(0);
  const min = bound(c, 1, "min");
  const max = bound(c, 2, "max");
  if (typeof min !== "object" && typeof max !== "object" && isFloat(x.dtype)) {
    return min === undefined && max === undefined ? x : c.apply("Clip", [x], { min, max });
  }
  const asValue = (limit: number | Value): Value => (typeof limit === "number" ? c.b.scalar(limit, x.dtype) : limit);
  const above = min === undefined || min === lowest[x.dtype] ? x : c.apply("Max", [x, asValue(min)]);
  return max === undefined ? above : c.apply("Min", [above, asValue(max)]);
};

/** A cast to a narrower float is the identity here: rounding to it is a detail of storage. */
function castTo(c: LoweringContext, x: Value, elementType: OnnxElementType | undefined): Value {
  const to = graphDTypeOf(elementType, c.where);
  if (to === x.dtype) return x;
  return c.b.cast(x, to);
}

const cast: Lower = (c) => {
  const to = c.node.attributes.get("to");
  // Opset 1 to 5 named the type: "FLOAT16".
  const type = to?.kind === "string" ? (to.value.toLowerCase() as OnnxElementType) : elementTypeOf(c.integer("to", 0));
  if (type && narrow.has(type)) c.refuse(`rounding to ${type} is not simulated`);
  const x = c.input(0);
  const straight = c.session.straight.get(x.name);
  if (straight === undefined) return castTo(c, x, type);
  const dtype = graphDTypeOf(type, c.where);
  if (isFloat(dtype)) return c.b.cast(straight, dtype);
  const integer = castTo(c, x, type);
  c.session.straight.set(integer.name, straight);
  return integer;
};

/** Types whose rounding is the point of casting to them. */
const narrow: ReadonlySet<string> = new Set([
  "float8e4m3fn",
  "float8e4m3fnuz",
  "float8e5m2",
  "float8e5m2fnuz",
  "float8e8m0",
  "float4e2m1",
  "int4",
  "uint4",
  "int2",
  "uint2",
]);

export const elementwise: Lowerings = {
  Add: binary("Add"),
  Sub: binary("Sub"),
  Mul: binary("Mul"),
  Div: binary("Div"),
  And: binary("And"),
  Or: binary("Or"),
  Xor: binary("Xor"),
  Equal: binary("Equal"),
  Greater: binary("Greater"),
  Less: binary("Less"),
  Pow: (c) => {
    const [x, y] = operands(c);
    return c.apply("Pow", [x, c.b.cast(y, x.dtype)]);
  },
  Max: (c) => (c.inputs.length === 1 ? c.input(0) : c.apply("Max", c.inputs)),
  Min: (c) => (c.inputs.length === 1 ? c.input(0) : c.apply("Min", c.inputs)),
  Sum: (c) => fold(c, "Add"),
  Mean: (c) => c.b.scale(fold(c, "Add"), 1 / c.inputs.length),
  Clip: clip,
  Cast: cast,
  CastLike: (c) => {
    const type = c.session.elementTypes.get(c.input(1).name);
    return type && narrow.has(type)
      ? c.refuse(`rounding to ${type} is not simulated`)
      : c.b.cast(c.input(0), c.input(1).dtype);
  },
  Identity: (c) => c.input(0),
  Dropout: (c) => {
    const training =
      c.version >= 12
        ? c.number(2, "training mode")
        : c.version < 7 && c.has("is_test")
          ? 1 - c.integer("is_test", 1)
          : 0;
    const ratio = c.version >= 12 ? (c.known(1)?.data[0] ?? 0.5) : c.float("ratio", 0.5);
    if (training && ratio > 0)
      c.refuse("it is in training mode, where it is random", "Export the model in evaluation mode: model.eval().");
    return [c.input(0), c.b.expand(c.b.scalar(1, "bool"), c.input(0).shape)];
  },
};
