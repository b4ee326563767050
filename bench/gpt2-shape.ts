/** A decoder of GPT-2 small's shape with random weights: what it costs depends on nothing else. */
import type { Decoder } from "../src/architectures/decoder.ts";
import { parseConfig } from "../src/architectures/config.ts";
import { gpt2Architecture } from "../src/architectures/gpt2.ts";
import { wholePrompts } from "../src/architectures/sequence.ts";
import { weightsOf } from "../src/architectures/weights.ts";
import type { TensorSource } from "../src/formats/tensor-source.ts";
import { Builder } from "../src/graph/builder.ts";
import type { Graph } from "../src/graph/graph.ts";
import { coreOperators } from "../src/graph/ops/table.ts";
import { Random } from "../src/tensor/random.ts";
import { sizeOf, type Shape } from "../src/tensor/shape.ts";
import { float32 } from "../src/tensor/tensor.ts";

const [layers, heads, width, hidden, context] = [12, 12, 768, 3072, 1024];
export const vocabulary = 50257;

function gpt2Shapes(): ReadonlyMap<string, Shape> {
  const shapes = new Map<string, Shape>([
    ["wte.weight", [vocabulary, width]],
    ["wpe.weight", [context, width]],
    ["ln_f.weight", [width]],
    ["ln_f.bias", [width]],
  ]);
  for (let layer = 0; layer < layers; layer++) {
    const parts: readonly (readonly [string, Shape])[] = [
      ["ln_1.weight", [width]],
      ["ln_1.bias", [width]],
      ["attn.c_attn.weight", [width, 3 * width]],
      ["attn.c_attn.bias", [3 * width]],
      ["attn.c_proj.weight", [width, width]],
      ["attn.c_proj.bias", [width]],
      ["ln_2.weight", [width]],
      ["ln_2.bias", [width]],
      ["mlp.c_fc.weight", [width, hidden]],
      ["mlp.c_fc.bias", [hidden]],
      ["mlp.c_proj.weight", [hidden, width]],
      ["mlp.c_proj.bias", [width]],
    ];
    for (const [name, shape] of parts) shapes.set(`h.${layer}.${name}`, shape);
  }
  return shapes;
}

/** Its weights are uniform noise of GPT-2's own spread, 0.02. */
export function gpt2Decoder(): Decoder {
  const shapes = gpt2Shapes();
  const source: TensorSource = {
    where: "benchmark",
    tensors: new Map([...shapes].map(([name, shape]) => [name, { shape, storage: "F32", dtype: "float32" }])),
    read(name) {
      const shape = shapes.get(name)!;
      const random = new Random(name.length);
      const gain = name.includes("ln_") && name.endsWith("weight");
      return float32(
        shape,
        Float32Array.from({ length: sizeOf(shape) }, () => (gain ? 1 : random.uniform(-0.035, 0.035))),
      );
    },
  };
  const weights = weightsOf(source, { identity: "benchmark gpt2 shape 1", storage: "float32" });
  const config = parseConfig(
    JSON.stringify({
      model_type: "gpt2",
      n_embd: width,
      n_head: heads,
      n_layer: layers,
      vocab_size: vocabulary,
      n_positions: context,
    }),
    "benchmark",
  );
  return gpt2Architecture.fromConfig(config, weights);
}

/** From the embedding stream, `embeddings` [batch, token, feature], to the last token's `logits` [batch, word]. */
export function gpt2Stream(decoder: Decoder, tokens: number): (batch: number) => Graph {
  return (batch) => {
    const b = new Builder(coreOperators);
    const c = { b, sequence: wholePrompts(batch, tokens) };
    let x = b.input("embeddings", { dtype: "float32", shape: [batch, tokens, width] });
    for (let layer = 0; layer < layers; layer++) x = decoder.block(c, layer, x);
    const last = decoder.finalNorm({ b, sequence: wholePrompts(batch, 1) }, b.slice(x, [1], [tokens - 1], [tokens]));
    return b.finish([
      b.apply(
        "Gemm",
        [b.reshape(last, [batch, width]), decoder.unembedding(c).weight],
        { transB: true },
        { names: ["logits"] },
      ),
    ]);
  };
}
