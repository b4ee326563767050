import assert from "node:assert/strict";
import test from "node:test";
import { evaluate } from "../graph/evaluate.ts";
import { coreOperators } from "../graph/ops/table.ts";
import { sizeOf } from "../tensor/shape.ts";
import { fromFloat64 } from "../tensor/tensor.ts";
import { decoderGraph, tokensInput } from "./decoder.ts";
import { openDecoder, type OpenedDecoder } from "./open.ts";
import { wholePrompts } from "./sequence.ts";
import {
  checkCases,
  floats,
  bytes,
  families,
  renamed,
  vocabulary,
  width,
  without,
  written,
  type Change,
  type Family,
  type Tensors,
} from "../../test/checkpoint-files.ts";

const q = "model.layers.0.self_attn.q_proj";

/** Every tensor of a file is read, a known buffer, or named. */
checkCases([
  ["a whole Llama", "llama", {}, { silent: true }],
  ["a whole GPT-2", "gpt2", {}, { silent: true }],
  [
    "rotary frequencies",
    "llama",
    { tensors: (t) => ({ ...t, "model.layers.0.self_attn.rotary_emb.inv_freq": floats(1) }) },
    { silent: true },
  ],
  [
    "rotary frequencies of the model",
    "llama",
    { tensors: (t) => ({ ...t, "model.rotary_emb.inv_freq": floats(1) }) },
    { silent: true },
  ],
  [
    "causal masks",
    "gpt2",
    {
      tensors: (t) => ({
        ...t,
        "transformer.h.0.attn.bias": bytes("U8", 1, 1, 1, 32, 32),
        "transformer.h.1.attn.masked_bias": floats(),
      }),
    },
    { silent: true },
  ],
  [
    "a head of its own despite the tied flag",
    "llama",
    { config: { tie_word_embeddings: true } },
    { noted: /they differ; the file's own head \(lm_head\.weight\) is used/ },
  ],
  [
    "the same of a GPT-2, which is tied by default",
    "gpt2",
    { tensors: (t) => ({ ...t, "lm_head.weight": floats(vocabulary, width) }) },
    { noted: /they differ; the file's own head/ },
  ],
  [
    "a head that repeats the embedding",
    "llama",
    {
      config: { tie_word_embeddings: true },
      tensors: (t) => ({ ...t, "lm_head.weight": t["model.embed_tokens.weight"]! }),
    },
    { silent: true },
  ],
  [
    "the same of a GPT-2",
    "gpt2",
    { tensors: (t) => ({ ...t, "lm_head.weight": t["transformer.wte.weight"]! }) },
    { silent: true },
  ],
  [
    "no head, where the config wants one",
    "llama",
    { tensors: (t) => without(t, "lm_head.weight") },
    { refused: /the body of a model without its head/ },
  ],
  [
    "no head, and the config says that none stands in",
    "llama",
    { config: { tie_word_embeddings: false }, tensors: (t) => without(t, "lm_head.weight") },
    { refused: /tie_word_embeddings false.*body of a model/ },
  ],
  ["no head of an untied GPT-2", "gpt2", { config: { tie_word_embeddings: false } }, { refused: /no lm_head\.weight/ }],
  [
    "a head of another vocabulary",
    "llama",
    { tensors: (t) => ({ ...t, "lm_head.weight": floats(vocabulary + 1, width) }) },
    { refused: /has the shape \[14, 8\]/ },
  ],
  [
    "a tied head of another vocabulary",
    "gpt2",
    { tensors: (t) => ({ ...t, "lm_head.weight": floats(vocabulary + 1, width) }) },
    { refused: /has the shape \[14, 8\]/ },
  ],
  [
    "a body saved without its head",
    "llama",
    { tensors: (t) => renamed(without(t, "lm_head.weight"), (name) => name.replace("model.", "")) },
    { refused: /the body of a model without its head, saved from the class/ },
  ],
  [
    "a matrix is missing",
    "llama",
    { tensors: (t) => without(t, `${q}.weight`) },
    { refused: /no tensor "model\.layers\.0\.self_attn\.q_proj\.weight"/ },
  ],
  [
    "a norm of the last block is missing",
    "llama",
    { tensors: (t) => without(t, "model.layers.1.post_attention_layernorm.weight") },
    { refused: /no tensor "model\.layers\.1\.post_attention_layernorm/ },
  ],
  [
    "a bias of GPT-2 is missing",
    "gpt2",
    { tensors: (t) => without(t, "transformer.h.1.mlp.c_proj.bias") },
    { refused: /no tensor "transformer\.h\.1\.mlp\.c_proj\.bias"/ },
  ],
  [
    "fewer blocks than the config says",
    "gpt2",
    { config: { n_layer: 3 } },
    { refused: /no tensor "transformer\.h\.2\./ },
  ],
  [
    "the positions are missing",
    "gpt2",
    { tensors: (t) => without(t, "transformer.wpe.weight") },
    { refused: /no tensor "transformer\.wpe\.weight"/ },
  ],
  [
    "more blocks than the config says",
    "llama",
    { config: { num_hidden_layers: 1 } },
    { noted: /more blocks than the 1 .*model\.layers\.1\.\S+" and 5 more/ },
  ],
  ["more blocks of GPT-2", "gpt2", { config: { n_layer: 1 } }, { noted: /more blocks than the 1/ }],
  [
    "a second head",
    "gpt2",
    { tensors: (t) => ({ ...t, "multiple_choice_head.summary.weight": floats(1, width) }) },
    { noted: /does not read "multiple_choice_head\.summary\.weight"/ },
  ],
  [
    "a value head",
    "llama",
    { tensors: (t) => ({ ...t, "v_head.summary.weight": floats(1, width), "v_head.summary.bias": floats(1) }) },
    { noted: /does not read "v_head\.summary\.weight", "v_head\.summary\.bias"/ },
  ],
  [
    "norms of queries and keys, as Qwen 3 has",
    "llama",
    { tensors: (t) => ({ ...t, "model.layers.0.self_attn.q_norm.weight": floats(2) }) },
    { refused: /q_norm\.weight", which Glassbox does not compute/ },
  ],
  [
    "a norm after the attention, as Gemma 2 has",
    "llama",
    { tensors: (t) => ({ ...t, "model.layers.1.pre_feedforward_layernorm.weight": floats(width) }) },
    { refused: /pre_feedforward_layernorm/ },
  ],
  [
    "biases of norms",
    "llama",
    { tensors: (t) => ({ ...t, "model.layers.0.input_layernorm.bias": floats(width) }) },
    { refused: /input_layernorm\.bias/ },
  ],
  [
    "a bias that has the mask's name",
    "gpt2",
    { tensors: (t) => ({ ...t, "transformer.h.0.attn.bias": floats(width) }) },
    { refused: /transformer\.h\.0\.attn\.bias/ },
  ],
  [
    "cross attention",
    "gpt2",
    { tensors: (t) => ({ ...t, "transformer.h.0.crossattention.c_attn.weight": floats(width, 2 * width) }) },
    { refused: /crossattention/ },
  ],
]);

function logits(file: string): readonly number[] {
  const { decoder, close } = openDecoder(file, file);
  try {
    const graph = decoderGraph(decoder, wholePrompts(1, 4));
    const feeds = new Map([[tokensInput, fromFloat64("int64", [1, 4], [3, 1, 4, 1])]]);
    return evaluate(graph, feeds, coreOperators).get(graph.outputs[0]!)!.data as unknown as readonly number[];
  } finally {
    close();
  }
}

test("the head that the file has is the one that is computed with, whatever the config calls equal", () => {
  const own = { ...families.gpt2.tensors, "lm_head.weight": floats(vocabulary, width) };
  for (const [family, tensors] of [
    ["llama", families.llama.tensors],
    ["gpt2", own],
  ] as const) {
    const of = (tie: boolean): readonly number[] =>
      logits(written(family, { tensors: () => tensors, config: { tie_word_embeddings: tie } }));
    assert.deepEqual(of(true), of(false), family);
    const repeated: Tensors = { ...tensors, "lm_head.weight": (tensors as Tensors)[families[family].embedding]! };
    assert.notDeepEqual(
      of(true),
      logits(written(family, { tensors: () => repeated })),
      "which the embedding would not give",
    );
  }
});

test("parameters are counted without copies and buffers", () => {
  const count = (family: Family, change: Change): number => {
    const opened: OpenedDecoder = openDecoder(written(family, change), "counted");
    opened.close();
    return opened.parameters;
  };
  const sum = (tensors: Tensors): number => Object.values(tensors).reduce((all, { shape }) => all + sizeOf(shape), 0);
  assert.equal(count("gpt2", {}), sum(families.gpt2.tensors));
  assert.equal(
    count("gpt2", {
      tensors: (t) => ({
        ...t,
        "lm_head.weight": t["transformer.wte.weight"]!,
        "transformer.h.0.attn.bias": bytes("U8", 1, 1, 1, 32, 32),
      }),
    }),
    sum(families.gpt2.tensors),
  );
  assert.equal(
    count("llama", { tensors: (t) => ({ ...t, "v_head.summary.weight": floats(1, width) }) }),
    sum(families.llama.tensors),
  );
});
