import assert from "node:assert/strict";
import test from "node:test";
import { tinyOracle, tinyPath } from "../../test/oracles/tiny-oracle.ts";
import { openDecoder } from "../architectures/open.ts";
import { Builder } from "../graph/builder.ts";
import type { Graph } from "../graph/graph.ts";
import { coreOperators } from "../graph/ops/table.ts";
import { referenceRuntime } from "../runtime/reference/reference.ts";
import { Random } from "../tensor/random.ts";
import { float32, toFloat64 } from "../tensor/tensor.ts";
import { LanguageModel } from "./language-model/language-model.ts";
import { Network, rowsOf } from "./network.ts";
import type { Counted, Pooling, PromptSource, Traced } from "./traced.ts";

const folder = tinyPath("gpt2-tied-float32");
const { tokens, sites } = tinyOracle("gpt2-tied-float32");
const model = new LanguageModel(openDecoder(folder, "tiny").decoder, referenceRuntime);
test.after(() => model.release());

/** The oracle's prompt, between two shorter ones. */
const promptTexts = [tokens.slice(0, 3), tokens, tokens.slice(2)];
const prompts: PromptSource = { count: 3, tokens: (row) => promptTexts[row]! };

/** A graph for any batch size: ReLU of a 1 × 1 convolution of [channel, row, column], and its mean. */
const images = float32([5, 2, 4, 4], new Random(2).normals(160));
function graphOf(batch: number): Graph {
  const b = new Builder(coreOperators);
  const x = b.input("x", { dtype: "float32", shape: [batch, 2, 4, 4] });
  const weight = b.tensor(float32([3, 2, 1, 1], new Random(1).normals(6)), "weight");
  const relu = b.apply("Relu", [b.apply("Conv", [x, weight], { kernel_shape: [1, 1] })], {}, { names: ["relu"] });
  const logits = b.apply("GlobalAveragePool", [relu], {}, { names: ["logits"] });
  b.site({ name: "relu", value: "relu", axes: ["batch", "channel", "row", "column"], role: "Relu" });
  b.site({ name: "logits", value: "logits", axes: ["batch", "channel", "row", "column"], role: "GlobalAveragePool" });
  return b.finish([logits]);
}
const network = new Network(
  { hash: "toy", at: graphOf, batchable: true, input: "x", logits: "logits", layout: "NCHW", classNames: undefined },
  referenceRuntime,
  2 ** 30,
);

async function collect<Rows extends Counted>(
  of: Traced<Rows>,
  rows: Rows,
  names: readonly string[],
  pooling: Pooling,
  from = 0,
): Promise<readonly (readonly number[])[]> {
  const found: number[][] = names.map(() => []);
  let next = from;
  for await (const { start, count, features } of of.pooled(rows, names, pooling, from)) {
    assert.equal(start, next);
    next += count;
    features.forEach((values, i) => {
      assert.ok(values instanceof Float32Array);
      assert.equal(values.length, count * of.featuresAt(names[i]!, pooling));
      found[i]!.push(...values);
    });
  }
  assert.equal(next, rows.count);
  return found;
}

test("a language model's site pooled over tokens equals the pooled oracle; position is the last token", async () => {
  const site = "blocks.0.hook_resid_post";
  const width = model.featuresAt(site, "mean");
  const { data } = sites[site]!;
  const column = (feature: number): number[] => tokens.map((_, token) => data[token * width + feature]!);
  const pools: Readonly<Record<Pooling, (values: readonly number[]) => number>> = {
    mean: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
    max: (values) => Math.max(...values),
    position: (values) => values.at(-1)!,
  };
  for (const [pooling, pool] of Object.entries(pools) as [Pooling, (values: readonly number[]) => number][]) {
    const [found] = await collect(model, prompts, [site], pooling);
    for (let feature = 0; feature < width; feature++)
      assert.ok(Math.abs(found![width + feature]! - pool(column(feature))) < 1e-6, `${pooling} of feature ${feature}`);
  }
});

test("several sites come from one pass, with one vector per prompt, and a pass from a later row gives the same bits", async () => {
  const names = ["blocks.0.hook_resid_post", "blocks.1.attn.hook_z", "blocks.1.mlp.hook_post"];
  const whole = await collect(model, prompts, names, "mean");
  assert.equal(model.featuresAt("blocks.1.attn.hook_z", "mean"), model.decoder.heads * model.decoder.headWidth);
  const rest = await collect(model, prompts, names, "mean", 1);
  names.forEach((name, i) => assert.deepEqual(rest[i], whole[i]!.slice(model.featuresAt(name, "mean"))));
});

test("attention patterns and unknown sites are rejected with a readable error", async () => {
  assert.throws(() => model.featuresAt("blocks.0.attn.hook_pattern", "mean"), /a value for each pair of tokens/);
  assert.throws(() => model.featuresAt("blocks.9.hook_resid_post", "mean"), /no site named blocks\.9/);
  assert.throws(() => network.featuresAt("relus", "mean"), /no site named relus/);
});

test("an image network has the same interface: its mean equals the output of its pooling layer", async () => {
  assert.deepEqual(
    network.sites.map(({ name }) => name),
    ["relu", "logits"],
  );
  const [relu, logits] = await collect(network, rowsOf(images), ["relu", "logits"], "mean");
  assert.deepEqual(relu, logits);
  assert.deepEqual(relu, [...toFloat64(await network.logits(images))].map(Math.fround));
  const [rest] = await collect(network, rowsOf(images), ["relu"], "mean", 2);
  assert.deepEqual(rest, relu!.slice(2 * 3));
  assert.equal(network.featuresAt("relu", "position"), 3 * 4);
});

test("networks are distinguished by their weights", () => {
  const same = new LanguageModel(openDecoder(folder, "tiny").decoder, referenceRuntime);
  const other = new LanguageModel(openDecoder(tinyPath("llama-tied-float32"), "other").decoder, referenceRuntime);
  assert.equal(same.identity, model.identity);
  assert.notEqual(other.identity, model.identity);
  assert.equal(network.identity, "toy");
});
