import type { Value } from "../../../graph/builder.ts";
import { fromFloat64 } from "../../../tensor/tensor.ts";
import { einsumPair } from "../layers/einsum.ts";
import { isTensor } from "../layers/layer-call.ts";
import { asLayerTensor } from "../layers/layer-tensor.ts";
import type { OperationLaw } from "./elementwise.ts";
import type { Operation } from "./operation.ts";

const axisNames = ["axis", "reduction_indices"] as const;
const keeps = (o: Operation): boolean => o.flag(2, "keepdims", "keep_dims");

const reduction =
  (reduce: (o: Operation, x: Value, axes: readonly number[], keepdims: boolean) => Value): OperationLaw =>
  (o) => {
    const x = o.value(0, "x", "input_tensor");
    return asLayerTensor(reduce(o, x, o.axes(x.shape.length, 1, ...axisNames), keeps(o)));
  };

const by =
  (op: string) =>
  (o: Operation, x: Value, axes: readonly number[], keepdims: boolean): Value =>
    o.c.apply(op, [o.c.b.cast(x, "float32")], { axes, keepdims });

function variance(o: Operation, x: Value, axes: readonly number[], keepdims: boolean): Value {
  const centred = o.c.b.sub(x, o.c.apply("ReduceMean", [x], { axes, keepdims: true }));
  return o.c.apply("ReduceMean", [o.c.b.mul(centred, centred)], { axes, keepdims });
}

function logSumExp(o: Operation, x: Value, axes: readonly number[], keepdims: boolean): Value {
  const most = o.c.apply("ReduceMax", [x], { axes, keepdims: true });
  const sum = o.c.apply("Log", [o.c.b.sum(o.c.apply("Exp", [o.c.b.sub(x, most)]), axes, true)]);
  const whole = o.c.b.add(sum, most);
  return keepdims
    ? whole
    : o.c.b.reshape(
        whole,
        whole.shape.filter((_, axis) => !axes.includes(axis)),
      );
}

/** Of booleans: the largest, or the smallest, of ones and zeros. */
const logical = (op: string): OperationLaw =>
  reduction((o, x, axes, keepdims) => o.c.b.cast(by(op)(o, x, axes, keepdims), "bool"));

const argument =
  (op: string): OperationLaw =>
  (o) => {
    const x = o.value(0, "x", "input");
    const axis = o.axisOf(o.number(0, 1, "axis", "dimension"), x.shape.length);
    return asLayerTensor(o.c.apply(op, [x], { axis, keepdims: o.flag(2, "keepdims") }));
  };

/** x·y over the last axis of x and the last but one of y; TensorFlow may transpose either first. */
const matmul: OperationLaw = (o) => {
  const turned = (x: Value, transposes: boolean): Value => {
    const rank = x.shape.length;
    return transposes ? o.c.b.transpose(x, [...Array.from({ length: rank - 2 }, (_, i) => i), rank - 1, rank - 2]) : x;
  };
  const x = turned(o.value(0, "x1", "a"), o.flag(2, "transpose_a"));
  const y = turned(o.value(1, "x2", "b"), o.flag(3, "transpose_b"));
  if (x.shape.length < 2 || y.shape.length < 2) o.c.refuse("it multiplies vectors, which is not supported");
  return asLayerTensor(o.c.b.matmul(x, y));
};

const einsum: OperationLaw = (o) => {
  const first = o.json(99, "subscripts") ?? (isTensor(o.c.args[0]) ? undefined : o.json(0, "equation"));
  const operands = o.c.args.filter(isTensor);
  const [x, y] = operands;
  if (typeof first !== "string" || !x || !y || operands.length > 2)
    return o.c.refuse("only sums of two tensors are supported");
  return asLayerTensor(einsumPair(o.c, first, o.c.inOrder(x), o.c.inOrder(y)));
};

/** x/√max(Σ x², ε) over an axis. */
const normalize: OperationLaw = (o) => {
  const x = o.value(0, "x");
  if (o.number(2, 2, "order") !== 2) o.c.refuse("only the norm of order 2 is supported");
  const axes = o.axes(x.shape.length, 1, "axis", "dim");
  const square = o.c.b.sum(o.c.b.mul(x, x), axes, true);
  return asLayerTensor(
    o.c.b.div(x, o.c.apply("Sqrt", [o.c.apply("Clip", [square], { min: o.number(1e-12, 3, "epsilon") })])),
  );
};

const oneHot: OperationLaw = (o) => {
  const x = o.c.b.cast(o.value(0, "x", "indices"), "int64");
  const count = o.number(0, 1, "num_classes", "depth");
  if (!Number.isSafeInteger(count) || count < 1 || count > 2 ** 20) o.c.refuse("its number of classes is out of range");
  if (o.number(-1, 2, "axis") !== -1) o.c.refuse("it puts its classes elsewhere than last, which is not supported");
  const classes = o.c.b.tensor(
    fromFloat64(
      "int64",
      [count],
      Array.from({ length: count }, (_, i) => i),
    ),
  );
  return asLayerTensor(o.c.b.cast(o.c.apply("Equal", [o.c.b.reshape(x, [...x.shape, 1]), classes]), "float32"));
};

export const reductions: Readonly<Record<string, OperationLaw>> = {
  mean: reduction(by("ReduceMean")),
  sum: reduction(by("ReduceSum")),
  max: reduction(by("ReduceMax")),
  min: reduction(by("ReduceMin")),
  prod: reduction(by("ReduceProd")),
  var: reduction(variance),
  std: reduction((o, x, axes, keepdims) => o.c.apply("Sqrt", [variance(o, x, axes, keepdims)])),
  logsumexp: reduction(logSumExp),
  any: logical("ReduceMax"),
  all: logical("ReduceMin"),
  argmax: argument("ArgMax"),
  argmin: argument("ArgMin"),
  cumsum: (o) => {
    const x = o.value(0, "x");
    return asLayerTensor(o.c.apply("CumSum", [x], { axis: o.axisOf(o.number(0, 1, "axis"), x.shape.length) }));
  },
  matmul,
  einsum,
  normalize,
  one_hot: oneHot,
};
