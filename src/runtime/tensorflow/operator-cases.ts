/** Small seeded applications of every core operator, on which two runtimes must agree. */
import { Random } from "../../tensor/random.ts";
import { sizeOf, type Shape } from "../../tensor/shape.ts";
import { float32, fromFloat64, type Tensor } from "../../tensor/tensor.ts";
import type { AttributeValue } from "../../graph/graph.ts";

export interface OperatorCase {
  readonly op: string;
  readonly inputs: readonly (Tensor | null)[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

const random = new Random(7);
const normal = (...shape: number[]): Tensor => float32(shape, random.normals(sizeOf(shape)));
const within = (low: number, high: number, ...shape: number[]): Tensor =>
  float32(
    shape,
    Array.from({ length: sizeOf(shape) }, () => low + (high - low) * random.uniform()),
  );
const integers = (shape: Shape, values: readonly number[]): Tensor => fromFloat64("int64", shape, values);
const bools = (...shape: number[]): Tensor =>
  fromFloat64(
    "bool",
    shape,
    Array.from({ length: sizeOf(shape) }, () => (random.uniform() < 0.5 ? 1 : 0)),
  );
const small = (dtype: "uint8" | "int32", ...shape: number[]): Tensor =>
  fromFloat64(
    dtype,
    shape,
    Array.from({ length: sizeOf(shape) }, () => Math.floor(5 * random.uniform())),
  );
/** A tensor with few distinct values, so that some are equal. */
const tied = (...shape: number[]): Tensor =>
  float32(
    shape,
    Array.from({ length: sizeOf(shape) }, () => Math.floor(3 * random.uniform())),
  );

const of = (
  op: string,
  inputs: readonly (Tensor | null)[],
  attributes: Readonly<Record<string, AttributeValue>> = {},
): OperatorCase => ({ op, inputs, attributes });

const everywhere = [
  "Identity",
  "Neg",
  "Abs",
  "Sign",
  "Exp",
  "Sin",
  "Cos",
  "Atan",
  "Sinh",
  "Cosh",
  "Tanh",
  "Asinh",
  "Erf",
  "Sigmoid",
  "Softplus",
  "Softsign",
  "Floor",
  "Ceil",
  "Round",
  "Relu",
  "LeakyRelu",
  "Elu",
  "Selu",
  "Celu",
  "ThresholdedRelu",
  "HardSigmoid",
  "Gelu",
  "IsNaN",
  "IsInf",
];
const arithmetic = ["Add", "Sub", "Mul", "Div", "Max", "Min"];
const comparisons = ["Equal", "Greater", "Less", "GreaterOrEqual", "LessOrEqual"];
const reductions = ["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd"];
const bits = ["BitwiseAnd", "BitwiseOr", "BitwiseXor"];

export const operatorCases: readonly OperatorCase[] = [
  ...everywhere.map((op) => of(op, [normal(2, 3, 4)])),
  ...everywhere.slice(0, 3).map((op) => of(op, [normal()])),
  ...["Log", "Sqrt", "Reciprocal"].map((op) => of(op, [within(0.5, 4, 3, 5)])),
  ...["Tan", "Asin", "Acos", "Atanh"].map((op) => of(op, [within(-0.9, 0.9, 3, 5)])),
  of("Acosh", [within(1.1, 4, 7)]),
  of("Round", [float32([4], [0.5, 1.5, -2.5, 2.4])]),
  of("Gelu", [normal(9)], { approximate: "tanh" }),
  of("Clip", [normal(2, 9)], { min: -0.5, max: 0.7 }),
  of("Clip", [normal(2, 9)], { max: 0.2 }),
  of("PRelu", [normal(2, 3, 4, 4), normal(3, 1, 1)]),
  ...arithmetic.map((op) => of(op, [normal(2, 3, 4), normal(3, 1)])),
  of("Add", [normal(1, 2, 1, 2, 1, 3), normal(2, 2, 1, 1, 2, 1)]),
  of("Add", [fromFloat64("int64", [2], [2 ** 40, 1]), integers([1], [7])]),
  of("Max", [normal(4), normal(4), normal(4)]),
  of("Pow", [within(0.2, 3, 2, 3), normal(3)]),
  of("Pow", [normal(2, 3), float32([], [2])]),
  of("Mod", [normal(2, 3), within(1, 2, 3)], { fmod: true }),
  ...comparisons.map((op) => of(op, [tied(3, 4), tied(4)])),
  ...["And", "Or", "Xor"].map((op) => of(op, [bools(3, 4), bools(4)])),
  of("Not", [bools(5)]),
  ...bits.map((op) => of(op, [small("int32", 6), small("int32", 6)])),
  of("BitwiseNot", [small("int32", 6)]),
  of("BitShift", [small("uint8", 6), small("uint8", 6)], { direction: "LEFT" }),
  of("Cast", [bools(2, 3)], { to: "float32" }),
  of("Cast", [tied(2, 3)], { to: "bool" }),
  of("Cast", [normal(5)], { to: "int64" }),
  of("Cast", [integers([2], [3, 4])], { to: "float32" }),
  of("Where", [bools(3, 1), normal(2, 1, 4), normal(4)]),
  of("ArgMax", [normal(3, 4, 2)], { axis: 1 }),
  of("ArgMin", [tied(3, 4)], { axis: -1, keepdims: false }),
  of("ArgMax", [tied(3, 4)], { axis: 0, select_last_index: true }),
  of("TopK", [normal(3, 6)], { k: 3 }),
  of("TopK", [normal(4, 3)], { k: 2, axis: 0, largest: false }),
  of("CumSum", [normal(3, 4)], { axis: 0, exclusive: true, reverse: true }),
  ...reductions.flatMap((op) => [
    of(op, [normal(2, 3, 4)], { axes: [0, -1] }),
    of(op, [normal(2, 3)], { keepdims: false }),
    of(op, [normal(2, 3, 2, 2)], { axes: [2, 3] }),
  ]),
  of("Softmax", [normal(2, 3, 4)]),
  of("Softmax", [normal(2, 3, 4)], { axis: 1 }),
  of("LogSoftmax", [normal(3, 5)], { axis: 0 }),
  of("MatMul", [normal(2, 3, 4), normal(4, 5)]),
  of("MatMul", [normal(4), normal(4)]),
  of("MatMul", [normal(2, 1, 3, 4), normal(3, 4, 2)]),
  of("MatMul", [normal(3, 4), normal(4)]),
  of("Gemm", [normal(3, 4), normal(5, 4), normal(5)], { alpha: 0.5, beta: 2, transB: true }),
  of("Conv", [normal(2, 3, 7, 6), normal(4, 3, 3, 2), normal(4)], { pads: [1, 0, 2, 1], strides: [2, 1] }),
  of("Conv", [normal(1, 6, 5, 5), normal(6, 1, 3, 3), normal(6)], { pads: [1, 1, 1, 1], group: 6 }),
  of("Conv", [normal(1, 3, 6, 6), normal(6, 1, 3, 3)], { group: 3, strides: [2, 2] }),
  of("Conv", [normal(1, 4, 5, 5), normal(6, 2, 3, 3)], { group: 2, dilations: [2, 2] }),
  of("Conv", [normal(2, 3, 9), normal(4, 3, 3), normal(4)], { pads: [1, 2], strides: [2] }),
  of("Conv", [normal(1, 2, 4, 4, 4), normal(3, 2, 2, 2, 2)]),
  of("ConvTranspose", [normal(2, 3, 4, 5), normal(3, 4, 3, 2), normal(4)], {
    strides: [2, 3],
    pads: [1, 0, 1, 1],
    output_padding: [1, 0],
  }),
  of("ConvTranspose", [normal(1, 4, 4, 4), normal(4, 1, 3, 3)], { group: 4, strides: [2, 2] }),
  of("ConvTranspose", [normal(1, 4, 4, 4), normal(4, 3, 3, 3)], {
    group: 2,
    dilations: [2, 1],
    pads: [3, 2, 1, 3],
    output_padding: [1, 0],
  }),
  of("ConvTranspose", [normal(1, 2, 6), normal(2, 3, 4)], { strides: [2], pads: [1, 1] }),
  of("MaxPool", [normal(2, 3, 7, 6)], { kernel_shape: [3, 2], strides: [2, 2], pads: [1, 0, 1, 1] }),
  of("MaxPool", [normal(1, 2, 6, 6)], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: true }),
  of("MaxPool", [normal(1, 2, 6, 6)], { kernel_shape: [2, 2], dilations: [2, 2] }),
  of("MaxPool", [normal(1, 2, 6)], { kernel_shape: [3] }),
  of("AveragePool", [normal(2, 3, 7, 6)], { kernel_shape: [3, 2], strides: [2, 2], pads: [1, 0, 1, 1] }),
  of("AveragePool", [normal(2, 3, 7, 6)], {
    kernel_shape: [3, 2],
    strides: [2, 2],
    pads: [1, 0, 1, 1],
    count_include_pad: true,
  }),
  of("AveragePool", [normal(1, 2, 6, 6)], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: true }),
  of("GlobalAveragePool", [normal(2, 3, 4, 5)]),
  of("GlobalMaxPool", [normal(2, 3, 4, 5)]),
  of("LayerNormalization", [normal(2, 3, 8), normal(8), normal(8)]),
  of("LayerNormalization", [normal(2, 3, 8), normal(3, 8)], { axis: 1 }),
  of("InstanceNormalization", [normal(2, 3, 4, 4), normal(3), normal(3)]),
  of("GroupNormalization", [normal(2, 4, 3, 3), normal(4), normal(4)], { num_groups: 2 }),
  of("LRN", [normal(1, 6, 3, 3)], { size: 3 }),
  of("LRN", [normal(1, 6, 3, 3)], { size: 4 }),
  of("Reshape", [normal(2, 3, 4)], { shape: [4, -1] }),
  of("Transpose", [normal(2, 3, 4)], { perm: [2, 0, 1] }),
  of("Transpose", [normal(2, 3)]),
  of("Expand", [normal(3, 1)], { shape: [2, 3, 4] }),
  of("Concat", [normal(2, 3), normal(2, 1)], { axis: -1 }),
  of("Tile", [normal(2, 3)], { repeats: [2, 1] }),
  of("Slice", [normal(5, 6)], { starts: [1, -1], ends: [5, -7], axes: [0, 1], steps: [2, -2] }),
  of("Slice", [normal(5, 6)], { starts: [-3], ends: [2 ** 31], axes: [1] }),
  of("Slice", [normal(5, 6)], { starts: [4], ends: [2], axes: [1] }),
  of("Pad", [normal(2, 3)], { pads: [1, 0, 0, 2], constant_value: 1.5 }),
  of("Pad", [normal(4, 3)], { pads: [-1, 0, 0, 2] }),
  of("Pad", [normal(4, 3)], { pads: [2, 1, 0, 2], mode: "reflect" }),
  of("Pad", [normal(4, 3)], { pads: [2, 1, 0, 2], mode: "edge" }),
  of("Gather", [normal(3, 4, 2), integers([2, 2], [0, -1, 2, 3])], { axis: 1 }),
  of("GatherElements", [normal(3, 4), integers([3, 2], [0, 1, 2, 3, -1, 0])], { axis: 1 }),
  of("GatherND", [normal(3, 4, 2), integers([2, 2], [0, 1, -1, 3])]),
  of("ScatterElements", [normal(3, 4), integers([1, 2], [1, 2]), normal(1, 2)], { axis: 1, reduction: "add" }),
  of("ScatterND", [normal(4, 3), integers([2, 1], [1, 3]), normal(2, 3)]),
  of("Resize", [normal(1, 2, 4, 3)], {
    mode: "nearest",
    coordinate_transformation_mode: "asymmetric",
    nearest_mode: "floor",
    scales: [1, 1, 2, 2],
  }),
  of("Resize", [normal(1, 2, 4, 3)], { mode: "linear", sizes: [1, 2, 7, 8] }),
  of("Resize", [normal(1, 2, 4, 3)], {
    mode: "linear",
    coordinate_transformation_mode: "align_corners",
    sizes: [1, 2, 7, 8],
  }),
  of("Resize", [normal(1, 2, 4, 3)], { mode: "cubic", scales: [1, 1, 1.5, 2] }),
  of("GridSample", [normal(1, 2, 4, 4), within(-1, 1, 1, 3, 3, 2)]),
  of("LSTM", [normal(3, 2, 4), normal(1, 12, 4), normal(1, 12, 3)], { hidden_size: 3 }),
  of("GRU", [normal(3, 2, 4), normal(1, 9, 4), normal(1, 9, 3)], { hidden_size: 3 }),
  of("RNN", [normal(3, 2, 4), normal(1, 3, 4), normal(1, 3, 3)], { hidden_size: 3 }),
];
