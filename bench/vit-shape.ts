/** ViT-S/16 (Steiner et al. 2022; DeiT-S of Touvron et al. 2021) as exporters write it, with random weights. */
import { Builder, type Value } from "../src/graph/builder.ts";
import type { Graph } from "../src/graph/graph.ts";
import { coreOperators } from "../src/graph/ops/table.ts";
import { Random } from "../src/tensor/random.ts";
import { sizeOf, type Shape } from "../src/tensor/shape.ts";
import { float32, type Tensor } from "../src/tensor/tensor.ts";

const [layers, heads, width, hidden, patch, size] = [12, 6, 384, 1536, 16, 224];

/** The graph for a batch size; input `image`, output `logits`. */
export function vitShape(): (batch: number) => Graph {
  const drawn = new Map<string, Tensor>();
  return (batch) => {
    const b = new Builder(coreOperators);
    const weight = (name: string, shape: Shape, deviation = 0.02, mean = 0): Value => {
      const random = new Random(drawn.size + 1);
      const known =
        drawn.get(name) ??
        float32(
          shape,
          random.normals(sizeOf(shape)).map((value) => mean + deviation * value),
        );
      drawn.set(name, known);
      return b.tensor(known, name);
    };
    const norm = (name: string, x: Value): Value =>
      b.apply("LayerNormalization", [x, weight(`${name}.weight`, [width], 0.02, 1), weight(`${name}.bias`, [width])], {
        axis: -1,
        epsilon: 1e-6,
      });
    const linear = (name: string, x: Value, outputs: number): Value =>
      b.add(b.matmul(x, weight(`${name}.weight`, [x.shape.at(-1)!, outputs])), weight(`${name}.bias`, [outputs]));
    const attention = (name: string, x: Value): Value => {
      const tokens = x.shape[1]!;
      const qkv = linear(`${name}.qkv`, x, 3 * width);
      const [q, k, v] = [0, 1, 2].map((part) =>
        b.reshape(b.slice(qkv, [2], [part * width], [(part + 1) * width]), [batch, tokens, heads, width / heads]),
      ) as [Value, Value, Value];
      const scores = b.matmul(
        b.scale(b.transpose(q, [0, 2, 1, 3]), 1 / Math.sqrt(width / heads)),
        b.transpose(k, [0, 2, 3, 1]),
      );
      const mixed = b.matmul(b.apply("Softmax", [scores], { axis: -1 }), b.transpose(v, [0, 2, 1, 3]));
      return linear(`${name}.proj`, b.reshape(b.transpose(mixed, [0, 2, 1, 3]), x.shape), width);
    };

    const image = b.input("image", { dtype: "float32", shape: [batch, 3, size, size] });
    const patches = b.apply(
      "Conv",
      [image, weight("patch.weight", [width, 3, patch, patch]), weight("patch.bias", [width])],
      { strides: [patch, patch], kernel_shape: [patch, patch] },
    );
    const count = (size / patch) ** 2;
    const words = b.transpose(b.reshape(patches, [batch, width, count]), [0, 2, 1]);
    let x = b.add(
      b.concat([b.expand(weight("class", [1, 1, width]), [batch, 1, width]), words], 1),
      weight("positions", [1, count + 1, width]),
    );
    for (let layer = 0; layer < layers; layer++) {
      x = b.add(x, attention(`${layer}.attention`, norm(`${layer}.norm1`, x)));
      x = b.add(
        x,
        linear(`${layer}.out`, b.apply("Gelu", [linear(`${layer}.in`, norm(`${layer}.norm2`, x), hidden)]), width),
      );
    }
    const first = b.reshape(b.slice(norm("norm", x), [1], [0], [1]), [batch, width]);
    return b.finish([
      b.apply(
        "Gemm",
        [first, weight("head.weight", [width, 1000]), weight("head.bias", [1000])],
        {},
        { names: ["logits"] },
      ),
    ]);
  };
}
