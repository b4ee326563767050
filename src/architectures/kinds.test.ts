import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import type { Imported, Port } from "../formats/imported.ts";
import { Builder, type Value } from "../graph/builder.ts";
import { evaluate } from "../graph/evaluate.ts";
import { typeOf } from "../graph/graph.ts";
import { coreOperators } from "../graph/ops/table.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { Random } from "../tensor/random.ts";
import { sizeOf, type Shape } from "../tensor/shape.ts";
import { fromFloat64, type Tensor } from "../tensor/tensor.ts";
import type { ArchitectureOf } from "./architecture.ts";
import { tokensInput } from "./decoder.ts";
import { encoderGraph, type Encoder } from "./encoder.ts";
import { attentionBlock } from "./layers/attention-block.ts";
import { site } from "./layers/context.ts";
import { mlp } from "./layers/mlp.ts";
import { layerNorms } from "./layers/norm.ts";
import { parametersOf, rowsOf } from "./layers/parameters.ts";
import { projectionsOf } from "./layers/projection.ts";
import { openCheckpoint, openDecoder, type CheckpointOptions } from "./open.ts";
import type { PictureNetwork } from "./picture-network.ts";
import { allTokens } from "./sequence.ts";
import { architectures } from "./table.ts";

const root = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-kinds-"));
test.after(() => fs.rmSync(root, { recursive: true }));

/** A checkpoint folder of float32 noise. */
function checkpoint(name: string, shapes: Readonly<Record<string, Shape>>, config?: object): string {
  const folder = path.join(root, name);
  fs.mkdirSync(folder);
  const random = new Random(11);
  let end = 0;
  const header = Object.fromEntries(
    Object.entries(shapes).map(([tensor, shape]) => {
      const start = end;
      end += 4 * sizeOf(shape);
      return [tensor, { dtype: "F32", shape, data_offsets: [start, end] }];
    }),
  );
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const data = Float32Array.from({ length: end / 4 }, () => random.uniform(-1, 1));
  fs.writeFileSync(path.join(folder, "model.safetensors"), Buffer.concat([length, text, Buffer.from(data.buffer)]));
  if (config) fs.writeFileSync(path.join(folder, "config.json"), JSON.stringify(config));
  return folder;
}

/** Encoders as in BERT: norms after each sum, and tokens that see each other. A fixture: it knows no positions. */
const tinyEncoder: ArchitectureOf<Encoder> = {
  family: "tiny-encoder",
  kind: "encoder",
  modelTypes: ["tiny-encoder"],
  fromConfig(config, weights) {
    const width = config.number("hidden_size");
    const heads = config.number("num_attention_heads");
    const hidden = config.number("intermediate_size");
    const [vocabulary, headWidth] = [config.number("vocab_size"), width / heads];
    const parameters = parametersOf(weights);
    const projections = projectionsOf(parameters, { orientation: "out-in", bias: "where-stored" });
    const norm = layerNorms(parameters, 1e-12);
    return {
      kind: "encoder",
      family: "tiny-encoder",
      layers: config.number("num_hidden_layers"),
      width,
      heads,
      keyValueHeads: heads,
      headWidth,
      hidden,
      vocabulary,
      context: 512,
      embed: (c, ids) => rowsOf(c, parameters.value(c, "embeddings.weight", [vocabulary, width]), ids),
      block(c, layer, x) {
        const [at, from] = [`blocks.${layer}`, `layer.${layer}`];
        const attended = attentionBlock(c, layer, x, {
          heads,
          keyValueHeads: heads,
          headWidth,
          projections,
          inputs: { q: `${from}.query`, k: `${from}.key`, v: `${from}.value` },
          output: `${from}.dense`,
        });
        const middle = norm(c, `${at}.ln1`, `${from}.norm1`, c.b.add(x, attended));
        const written = mlp(c, layer, middle, {
          projections,
          hidden,
          activation: "gelu",
          input: `${from}.intermediate`,
          output: `${from}.output`,
        });
        return site(
          c,
          `${at}.hook_resid_post`,
          norm(c, `${at}.ln2`, `${from}.norm2`, c.b.add(middle, written)),
          "residual",
        );
      },
      answer: (_c, x) => x,
    };
  },
};

const encoderConfig = {
  architectures: ["TinyEncoderModel"],
  attention_probs_dropout_prob: 0.1,
  hidden_size: 6,
  intermediate_size: 5,
  model_type: "tiny-encoder",
  num_attention_heads: 2,
  num_hidden_layers: 2,
  vocab_size: 9,
};
const encoderShapes: Readonly<Record<string, Shape>> = {
  "embeddings.weight": [9, 6],
  ...Object.fromEntries(
    [0, 1].flatMap((layer): (readonly [string, Shape])[] => [
      ...["query", "key", "value", "dense"].flatMap((name): (readonly [string, Shape])[] => [
        [`layer.${layer}.${name}.weight`, [6, 6]],
        [`layer.${layer}.${name}.bias`, [6]],
      ]),
      [`layer.${layer}.intermediate.weight`, [5, 6]],
      [`layer.${layer}.output.weight`, [6, 5]],
      ...["norm1", "norm2"].flatMap((name): (readonly [string, Shape])[] => [
        [`layer.${layer}.${name}.weight`, [6]],
        [`layer.${layer}.${name}.bias`, [6]],
      ]),
    ]),
  ),
};

test("an encoder is registered and opened like a decoder; its tokens see each other, whatever their order", () => {
  const folder = checkpoint("encoder", encoderShapes, encoderConfig);
  const opened = openCheckpoint(folder, "encoder", {
    storageFor: () => "float32",
    mostTensorBytes: 1 << 20,
    architectures: [...architectures, tinyEncoder],
  });
  const { model, notes, tensors } = opened;
  assert.ok(model.kind === "encoder");
  assert.deepEqual([model.layers, model.width, tensors, notes], [2, 6, Object.keys(encoderShapes).length, []]);
  const graph = encoderGraph(model, allTokens(1, 4));
  assert.ok(graph.sites.some(({ name }) => name === "blocks.1.attn.hook_pattern"));
  const states = (ids: readonly number[]): number[][] => {
    const feeds = new Map<string, Tensor>([[tokensInput, fromFloat64("int64", [1, 4], ids)]]);
    const data = evaluate(graph, feeds, coreOperators).get(graph.outputs[0]!)!.data as Float64Array;
    return ids.map((_, token) => [...data.slice(token * 6, (token + 1) * 6)]);
  };
  const [forwards, backwards, other] = [states([1, 2, 3, 4]), states([4, 3, 2, 1]), states([1, 2, 3, 5])];
  // Without positions, a state belongs to its token, wherever that stands.
  forwards.forEach((state, token) =>
    state.forEach((value, i) => assert.ok(Math.abs(value - backwards[3 - token]![i]!) < 1e-9)),
  );
  assert.ok(
    forwards[0]!.some((value, i) => Math.abs(value - other[0]![i]!) > 1e-3),
    "the first token sees the last",
  );
  opened.close();
});

test("an encoder does not generate text, and a key that it does not read is refused", () => {
  const options: CheckpointOptions = {
    storageFor: () => "float32",
    mostTensorBytes: 1 << 20,
    architectures: [tinyEncoder],
  };
  const folder = path.join(root, "encoder");
  const sentence = (of: () => unknown): string => {
    try {
      of();
    } catch (error) {
      if (error instanceof GlassboxError) return error.what;
      throw error;
    }
    return assert.fail("it was opened");
  };
  assert.equal(
    sentence(() => openDecoder(folder, "encoder", options)),
    "models of the family tiny-encoder do not generate text",
  );
  fs.writeFileSync(
    path.join(folder, "config.json"),
    JSON.stringify({ ...encoderConfig, position_embedding_type: "relative_key" }),
  );
  assert.equal(
    sentence(() => openCheckpoint(folder, "encoder", options)),
    'config.json says position_embedding_type "relative_key", which Glassbox does not compute for tiny-encoder; its outputs would be wrong',
  );
});

/** One convolution, the mean of each channel, and a linear classifier; recognised by its tensors, as checkpoints without a config are. */
const tinyCnn: ArchitectureOf<PictureNetwork> = {
  family: "tiny-cnn",
  kind: "picture",
  modelTypes: [],
  recognises: ({ tensors }) => tensors.has("conv1.weight") && tensors.has("fc.weight"),
  fromConfig(_config, weights) {
    const [channels, colours] = weights.shapeOf("conv1.weight") as [number, number, number, number];
    const [classes] = weights.shapeOf("fc.weight") as [number, number];
    return {
      kind: "picture",
      family: "tiny-cnn",
      importWith({ batch = 1 } = {}): Imported {
        const b = new Builder(coreOperators);
        const picture = b.input("picture", { dtype: "float32", shape: [batch, colours, 5, 5] });
        const given = (name: string, shape: Shape): Value => b.constant(weights.single(name, shape), name);
        const convolved = b.apply("Conv", [picture, given("conv1.weight", [channels, colours, 3, 3])], {
          kernel_shape: [3, 3],
        });
        const rectified = b.apply("Relu", [convolved]);
        b.site({ name: "conv1", value: rectified.name, axes: ["batch", "channel", "row", "column"], role: "Relu" });
        const means = b.apply("ReduceMean", [rectified], { axes: [2, 3], keepdims: false });
        const logits = b.apply("Gemm", [means, given("fc.weight", [classes, channels])], { transB: true });
        const graph = b.finish([logits]);
        const port = (name: string, { name: value }: Value): Port => ({
          name,
          value,
          elementType: "float32",
          symbolicShape: undefined,
          ...typeOf(graph, value),
        });
        return {
          graph,
          inputs: [port("picture", picture)],
          outputs: [port("logits", logits)],
          notes: [],
          operators: new Map(graph.nodes.map(({ op }) => [op, 1])),
          facts: [],
          dimensions: new Map(),
        };
      },
    };
  },
};

test("a picture network is recognised by its tensors and imported at any batch", () => {
  const folder = checkpoint("cnn", { "conv1.weight": [4, 3, 3, 3], "fc.weight": [2, 4] });
  const { model, close } = openCheckpoint(folder, "cnn", {
    storageFor: () => "float32",
    mostTensorBytes: 1 << 20,
    architectures: [...architectures, tinyCnn],
  });
  assert.ok(model.kind === "picture");
  const { graph, inputs, outputs } = model.importWith({ batch: 2 });
  assert.deepEqual(
    [inputs[0]!.shape, outputs[0]!.shape],
    [
      [2, 3, 5, 5],
      [2, 2],
    ],
  );
  const random = new Random(5);
  const pixels = Float64Array.from({ length: 2 * 75 }, () => random.uniform());
  const feeds = new Map<string, Tensor>([["picture", fromFloat64("float32", [2, 3, 5, 5], pixels)]]);
  const logits = evaluate(graph, feeds, coreOperators).get(outputs[0]!.value)!.data as Float64Array;
  assert.ok(logits.every(Number.isFinite) && new Set(logits).size === 4);
  close();
});
