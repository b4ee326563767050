/** Networks with the shapes of well-known CNNs and random weights, normalization folded in: what they cost depends on nothing else. */
import { Builder, type Value } from "../src/graph/builder.ts";
import type { Graph } from "../src/graph/graph.ts";
import { coreOperators } from "../src/graph/ops/table.ts";
import { Random } from "../src/tensor/random.ts";
import { sizeOf } from "../src/tensor/shape.ts";
import { float32, type Tensor } from "../src/tensor/tensor.ts";

interface ConvolutionShape {
  readonly stride?: number;
  readonly groups?: number;
  readonly activation?: "relu" | "relu6";
}

/** Layers on a builder; their weights are drawn once and shared by all batch sizes. */
class Layers {
  readonly b = new Builder(coreOperators);
  readonly #weights: Map<string, Tensor>;
  #layer = 0;

  constructor(weights: Map<string, Tensor>) {
    this.#weights = weights;
  }

  convolution(
    x: Value,
    filters: number,
    size: number,
    { stride = 1, groups = 1, activation }: ConvolutionShape = {},
  ): Value {
    const channels = x.shape[1]! / groups;
    const pad = (size - 1) / 2;
    const weight = this.#weight([filters, channels, size, size], Math.sqrt(2 / (channels * size * size)));
    const y = this.b.apply("Conv", [x, weight, this.#weight([filters], 0.1)], {
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
      group: groups,
      kernel_shape: [size, size],
    });
    return activation === undefined ? y : this.activate(y, activation);
  }

  activate(x: Value, activation: "relu" | "relu6"): Value {
    return activation === "relu" ? this.b.apply("Relu", [x]) : this.b.apply("Clip", [x], { min: 0, max: 6 });
  }

  classify(x: Value): Value {
    const features = this.b.reshape(this.b.apply("GlobalAveragePool", [x]), [x.shape[0]!, x.shape[1]!]);
    return this.b.apply(
      "Gemm",
      [features, this.#weight([x.shape[1]!, 1000], 0.03), this.#weight([1000], 0.01)],
      {},
      { names: ["logits"] },
    );
  }

  #weight(shape: readonly number[], deviation: number): Value {
    const name = `weight ${this.#layer++}`;
    const known =
      this.#weights.get(name) ??
      float32(
        shape,
        new Random(this.#layer).normals(sizeOf(shape)).map((value) => deviation * value),
      );
    this.#weights.set(name, known);
    return this.b.tensor(known, name);
  }
}

type Body = (layers: Layers, x: Value) => Value;

/** He, Zhang, Ren, Sun 2016: two 3 × 3 convolutions a block, or a bottleneck of three. */
const resnet =
  (blocks: readonly number[], bottleneck: boolean): Body =>
  (layers, image) => {
    const stem = layers.convolution(image, 64, 7, { stride: 2, activation: "relu" });
    let x = layers.b.apply("MaxPool", [stem], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });
    blocks.forEach((count, stage) => {
      const width = 64 * 2 ** stage;
      const filters = bottleneck ? 4 * width : width;
      for (let i = 0; i < count; i++) {
        const stride = i === 0 && stage > 0 ? 2 : 1;
        const shortcut = stride > 1 || x.shape[1] !== filters ? layers.convolution(x, filters, 1, { stride }) : x;
        const inner = bottleneck
          ? layers.convolution(layers.convolution(x, width, 1, { activation: "relu" }), width, 3, {
              stride,
              activation: "relu",
            })
          : layers.convolution(x, width, 3, { stride, activation: "relu" });
        x = layers.activate(layers.b.add(layers.convolution(inner, filters, bottleneck ? 1 : 3), shortcut), "relu");
      }
    });
    return layers.classify(x);
  };

/** Sandler et al. 2018, table 2: expansion, channels, repetitions, stride. */
const mobilenet: Body = (layers, image) => {
  let x = layers.convolution(image, 32, 3, { stride: 2, activation: "relu6" });
  const stages = [
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
  ] as const;
  for (const [expansion, filters, count, first] of stages) {
    for (let i = 0; i < count; i++) {
      const stride = i === 0 ? first : 1;
      const hidden = x.shape[1]! * expansion;
      const wide = expansion === 1 ? x : layers.convolution(x, hidden, 1, { activation: "relu6" });
      const y = layers.convolution(
        layers.convolution(wide, hidden, 3, { stride, groups: hidden, activation: "relu6" }),
        filters,
        1,
      );
      x = stride === 1 && x.shape[1] === filters ? layers.b.add(x, y) : y;
    }
  }
  return layers.classify(layers.convolution(x, 1280, 1, { activation: "relu6" }));
};

const bodies: Readonly<Record<string, Body>> = {
  "ResNet-18 shape": resnet([2, 2, 2, 2], false),
  "ResNet-50 shape": resnet([3, 4, 6, 3], true),
  "MobileNetV2 shape": mobilenet,
};

export const shapeNames = Object.keys(bodies);

/** The graph for a batch size; input `image`, output `logits`. */
export function shapeOf(name: string): (batch: number) => Graph {
  const weights = new Map<string, Tensor>();
  return (batch) => {
    const layers = new Layers(weights);
    return layers.b.finish([
      bodies[name]!(layers, layers.b.input("image", { dtype: "float32", shape: [batch, 3, 224, 224] })),
    ]);
  };
}
