import { Builder, type Value } from "../../graph/builder.ts";
import type { Graph } from "../../graph/graph.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import type { DType } from "../../tensor/dtype.ts";
import { Random } from "../../tensor/random.ts";
import { sizeOf, type Shape } from "../../tensor/shape.ts";
import { fromFloat64 } from "../../tensor/tensor.ts";
import { Network } from "../network.ts";
import type { Runtime } from "../../runtime/runtime.ts";

/** A convolutional classifier for tests: two layers and five classes. `bias` shifts the first layer, e.g. below zero everywhere. */
export function smallGraph(batch: number, side: number, dtype: DType = "float32", bias = 0.1): Graph {
  const b = new Builder(coreOperators);
  const random = new Random(3);
  const weights = (shape: Shape): Value =>
    b.tensor(
      fromFloat64(
        dtype,
        shape,
        random.normals(sizeOf(shape)).map((value) => value / Math.sqrt(sizeOf(shape.slice(1)))),
      ),
    );
  const x = b.input("picture", { dtype, shape: [batch, 3, side, side] });
  const first = b.apply(
    "Conv",
    [x, weights([4, 3, 3, 3]), b.tensor(fromFloat64(dtype, [4], [bias, bias, bias, bias]))],
    { kernel_shape: [3, 3], pads: [1, 1, 1, 1] },
  );
  const on = b.apply("Relu", [first]);
  const second = b.apply("Conv", [on, weights([6, 4, 3, 3])], { kernel_shape: [3, 3], strides: [2, 2] });
  const smooth = b.apply("Sigmoid", [second]);
  const pooled = b.apply("ReduceMean", [smooth], { axes: [2, 3], keepdims: false });
  const logits = b.matmul(pooled, weights([6, 5]));
  b.site({ name: "first", value: on.name, axes: ["batch", "channel", "row", "column"], role: "Relu" });
  b.site({ name: "second", value: second.name, axes: ["batch", "channel", "row", "column"], role: "Conv" });
  b.site({ name: "logits", value: logits.name, axes: ["batch", "class"], role: "MatMul" });
  return b.finish([logits]);
}

export function smallNetwork(runtime: Runtime, side: number, bias = 0.1): Network {
  const graph = smallGraph(1, side, "float32", bias);
  return new Network(
    {
      hash: `small ${side} ${bias}`,
      at: (batch) => smallGraph(batch, side, "float32", bias),
      batchable: true,
      input: "picture",
      logits: graph.outputs[0]!,
      layout: "NCHW",
      classNames: undefined,
    },
    runtime,
    2 ** 30,
  );
}
