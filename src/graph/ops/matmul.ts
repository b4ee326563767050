/** Matrix products. ONNX MatMul-13, Gemm-13. */
import { broadcastShapes, formatShape, sameShape, sizeOf, type Shape } from "../../tensor/shape.ts";
import { array64, type Array64 } from "../array64.ts";
import { flag, float } from "../attributes.ts";
import type { Builder, Value } from "../builder.ts";
import { operator } from "../operator.ts";
import { bias, weight } from "../traits.ts";
import { gemm } from "./gemm.ts";
import { broadcastIndex } from "./along-axis.ts";
import { gemmAxes, multiplies } from "../axes/contract.ts";

/**
 * Y = A·B over the last two axes; leading axes broadcast, and a vector is a row on the left and a
 * column on the right (NumPy's rule). Backward: dA = dY·Bᵀ, dB = Aᵀ·dY, summed over broadcast axes.
 */
export const matmul = operator("MatMul", {
  attributes: {},
  inputs: 2,
  traits: {
    kind: "linear",
    parameters: { 0: weight((shape) => shape.at(-1)!), 1: weight((shape) => shape.at(-2) ?? shape.at(-1)!) },
  },
  axes: multiplies,
  infer: ([a, b]) => [{ dtype: a.dtype, shape: productShape(a.shape, b.shape) }],
  evaluate: ([a, b], _, [type]) => [product(a, b, type.shape)],
  backward: ({ inputs: [x, y], grad, needs, b }) => {
    const left = x.shape.length === 1 ? b.reshape(x, [1, x.shape[0]!]) : x;
    const right = y.shape.length === 1 ? b.reshape(y, [y.shape[0]!, 1]) : y;
    const rows = left.shape.at(-2)!;
    const columns = right.shape.at(-1)!;
    const batch = broadcastShapes(left.shape.slice(0, -2), right.shape.slice(0, -2))!;
    const full = b.reshape(grad, [...batch, rows, columns]);
    return [
      needs[0] ? b.reshape(b.unbroadcast(b.matmul(full, swapLastAxes(b, right)), left.shape), x.shape) : null,
      needs[1] ? b.reshape(rightGradient(b, left, full, right.shape), y.shape) : null,
    ];
  },
});

/** Aᵀ·dY; for a weight shared by a batch, the batch joins the rows: one product instead of many and a sum. */
function rightGradient(b: Builder, left: Value, grad: Value, shape: Shape): Value {
  if (shape.length > 2) return b.unbroadcast(b.matmul(swapLastAxes(b, left), grad), shape);
  const [inner, columns] = shape as readonly [number, number];
  const rows = sizeOf(left.shape.slice(0, -1));
  return b.matmul(b.transpose(b.reshape(left, [rows, inner]), [1, 0]), b.reshape(grad, [rows, columns]));
}

function swapLastAxes(b: Builder, x: Value): Value {
  const rank = x.shape.length;
  return b.transpose(
    x,
    x.shape.map((_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis)),
  );
}

function productShape(a: Shape, b: Shape): Shape {
  const misfit = () => new RangeError(`MatMul cannot multiply ${formatShape(a)} by ${formatShape(b)}`);
  if (a.length === 0 || b.length === 0) throw misfit();
  const inner = b[Math.max(0, b.length - 2)];
  const batch = broadcastShapes(a.slice(0, -2), b.slice(0, -2));
  if (a[a.length - 1] !== inner || batch === undefined) throw misfit();
  return [...batch, ...a.slice(-2, -1), ...(b.length > 1 ? b.slice(-1) : [])];
}

function product(a: Array64, b: Array64, shape: Shape): Array64 {
  const k = a.shape.at(-1)!;
  const m = a.shape.length > 1 ? a.shape.at(-2)! : 1;
  const n = b.shape.length > 1 ? b.shape.at(-1)! : 1;
  const out = new Float64Array(sizeOf(shape));
  if (b.shape.length <= 2) {
    gemm(m === 0 ? 0 : out.length / Math.max(n, 1), n, k, view(a.data, 0, k), view(b.data, 0, n), out);
    return array64(a.dtype, shape, out);
  }
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2))!;
  const ia = broadcastIndex(a.shape.slice(0, -2), batch);
  const ib = broadcastIndex(b.shape.slice(0, -2), batch);
  for (let i = 0; i < ia.length; i++)
    gemm(m, n, k, view(a.data, ia[i]! * m * k, k), view(b.data, ib[i]! * k * n, n), out, i * m * n, n);
  return array64(a.dtype, shape, out);
}

const view = (data: Float64Array, offset: number, row: number) => ({ data, offset, row, column: 1 });

/**
 * Y = α·A′·B′ + β·C with A′ = A or Aᵀ, B′ = B or Bᵀ, and C broadcast; C may be missing.
 * Backward: dA′ = α·dY·B′ᵀ, dB′ = α·A′ᵀ·dY, dC = β·dY summed over broadcast axes.
 */
export const gemmOperator = operator("Gemm", {
  attributes: { alpha: float(1), beta: float(1), transA: flag(false), transB: flag(false) },
  inputs: [2, 3],
  traits: {
    kind: "linear",
    parameters: {
      0: weight((shape, { transA }) => shape[transA ? 0 : 1]!),
      1: weight((shape, { transB }) => shape[transB ? 1 : 0]!),
      2: bias,
    },
  },
  axes: gemmAxes,
  infer: ([a, b, c], { transA, transB }) => {
    if (a.shape.length !== 2 || b.shape.length !== 2)
      throw new RangeError(`Gemm takes matrices, not ${formatShape(a.shape)} and ${formatShape(b.shape)}`);
    const [m, k] = extents(a.shape, transA);
    const [inner, n] = extents(b.shape, transB);
    if (k !== inner) throw new RangeError(`Gemm cannot multiply [${m}, ${k}] by [${inner}, ${n}]`);
    const sum = c && broadcastShapes(c.shape, [m, n]);
    if (c && !(sum && sameShape(sum, [m, n])))
      throw new RangeError(`Gemm cannot add ${formatShape(c.shape)} to a product of shape [${m}, ${n}]`);
    return [{ dtype: a.dtype, shape: [m, n] }];
  },
  evaluate: ([a, b, c], { alpha, beta, transA, transB }, [{ shape }]) => {
    const [m, k] = extents(a.shape, transA);
    const [, n] = extents(b.shape, transB);
    const out = new Float64Array(m * n);
    gemm(m, n, k, matrix(a, transA), matrix(b, transB), out);
    const index = c && broadcastIndex(c.shape, shape);
    for (let i = 0; i < out.length; i++) out[i] = alpha * out[i]! + (c && index ? beta * c.data[index[i]!]! : 0);
    return [array64(a.dtype, shape, out)];
  },
  backward: ({ inputs: [x, y, c], grad, attributes: { alpha, beta, transA, transB }, needs, b }) => {
    const product = (left: Value, right: Value, transLeft: boolean, transRight: boolean): Value =>
      b.apply("Gemm", [left, right], { alpha, transA: transLeft, transB: transRight });
    const dx = () => (transA ? product(y, grad, transB, true) : product(grad, y, false, !transB));
    const dy = () => (transB ? product(grad, x, true, transA) : product(x, grad, !transA, false));
    return [
      needs[0] ? dx() : null,
      needs[1] ? dy() : null,
      needs[2] && c ? b.scale(b.unbroadcast(grad, c.shape), beta) : null,
    ];
  },
});

/** Rows and columns of a matrix as it enters the product. */
function extents(shape: Shape, transposed: boolean): readonly [number, number] {
  const [rows, columns] = shape as readonly [number, number];
  return transposed ? [columns, rows] : [rows, columns];
}

const matrix = ({ data, shape }: Array64, transposed: boolean) =>
  transposed ? { data, offset: 0, row: 1, column: shape[1]! } : { data, offset: 0, row: shape[1]!, column: 1 };
