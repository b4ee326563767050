/** Layers on quantised activations, as ONNX Runtime's quantiser writes them: each is dequantised, computed, and rounded again. */
import type { Value } from "../../../graph/builder.ts";
import type { Lower, LoweringContext, Lowerings } from "./context.ts";
import { dequantized, ranges, requantized } from "./quantization.ts";

/** The tensor at `index`, its scale and zero point after it. */
const operand = (c: LoweringContext, index: number, axis = 1): Value =>
  dequantized(c, c.input(index), c.input(index + 1), c.optional(index + 2), axis);

/** Rounded to the scale and zero point at `index`; plain floats where there are none. */
function result(c: LoweringContext, y: Value, index: number, fallback: Value): Value {
  const scale = c.optional(index);
  if (!scale) return y;
  const zero = c.optional(index + 1);
  const dtype = (zero ?? fallback).dtype;
  return requantized(c, y, scale, zero, 1, ranges[dtype]!, dtype);
}

const unary =
  (f: (c: LoweringContext, x: Value) => Value): Lower =>
  (c) =>
    result(c, f(c, operand(c, 0)), 3, c.input(0));
const binary =
  (op: "Add" | "Mul"): Lower =>
  (c) =>
    result(c, c.apply(op, [operand(c, 0), operand(c, 3)]), 6, c.input(0));

const channelsFirst = (c: LoweringContext): void => {
  if (c.flag("channels_last")) c.refuse("its channels stand last");
};

/** C holds integers on the grid of both scales multiplied. */
function gemm(c: LoweringContext): Value {
  const { b } = c;
  const turned = (x: Value, flag: string): Value => (c.flag(flag) ? b.transpose(x, [1, 0]) : x);
  const product = b.scale(
    b.matmul(turned(operand(c, 0), "transA"), turned(operand(c, 3, c.flag("transB") ? 0 : 1), "transB")),
    c.float("alpha", 1),
  );
  const bias = c.optional(6);
  const grid = b.mul(b.reshape(c.input(1), []), b.scale(c.input(4), c.float("alpha", 1)));
  return result(c, bias ? b.add(product, b.mul(b.cast(bias, "float32"), grid)) : product, 7, c.input(0));
}

function joined(c: LoweringContext): Value {
  const parts = Array.from({ length: (c.inputs.length - 2) / 3 }, (_, i) => operand(c, 2 + 3 * i));
  return result(c, c.b.concat(parts, c.axis("axis", 0, parts[0]!.shape.length)), 0, c.input(2));
}

/** The activations' own rounding, made anew for each input, is left out. */
function dynamicProduct(c: LoweringContext): Value {
  const product = c.b.matmul(c.input(0), dequantized(c, c.input(1), c.input(2), c.optional(3), 1));
  return c.optional(4) ? c.b.add(product, c.input(4)) : product;
}

export const quantizedLayers: Lowerings = {
  QLinearAdd: binary("Add"),
  QLinearMul: binary("Mul"),
  QLinearSigmoid: unary((c, x) => c.apply("Sigmoid", [x])),
  QLinearLeakyRelu: unary((c, x) => c.apply("LeakyRelu", [x], { alpha: c.float("alpha", 0.01) })),
  QLinearSoftmax: unary((c, x) => c.apply("Softmax", [x], { axis: c.axis("axis", -1) })),
  QLinearGlobalAveragePool: (c) => {
    channelsFirst(c);
    return result(c, c.lower("GlobalAveragePool", [operand(c, 0)])[0]!, 3, c.input(0));
  },
  QLinearAveragePool: (c) => {
    channelsFirst(c);
    const attributes = Object.fromEntries([...c.node.attributes].filter(([name]) => name !== "channels_last"));
    return result(c, c.lower("AveragePool", [operand(c, 0)], attributes)[0]!, 3, c.input(0));
  },
  QLinearConcat: joined,
  QGemm: gemm,
  DynamicQuantizeMatMul: dynamicProduct,
};
